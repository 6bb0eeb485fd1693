"""Views of questions: an officer asks, the member answers by a link, the member switches it off."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network import permissions
from network.actions import questions
from network.choices import QuestionStatus
from network.forms.questions import AskForm, NoForm
from network.models import Membership, Question, Refused
from network.models.questions import A_YEAR, FROM_ONE_PERSON, TO_ONE_MEMBER, WORDS_KEPT
from network.views.check_ins import ONLY_THEY
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_beside
from network.views.token_pages import row_behind
from portal.forms import posted
from portal.models import MemberRequest
from portal.security.origin import posted_behind_a_token


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask a member one question; only for officers with a confirmed address of their council."""
    rows = Membership.objects.announced().live().select_related("council")
    membership = get_object_or_404(rows, council__slug=slug)
    theirs = permissions.councils_to_ask_for(request.user)
    councils = [each for each in theirs if each != membership.council]
    form = AskForm(
        posted(request), councils=councils, initial={"name": request.user.get_full_name()}
    )
    if councils and form.is_valid():
        with refusal_beside(form):
            questions.ask(membership, by=request.user, **form.asked())
            return redirect(f"{reverse('network:ask_member', args=[slug])}?asked=yes")
    context = {
        "membership": membership,
        "council": membership.council,
        "councils": councils,
        "is_own": membership.council in theirs,
        "form": form,
        "is_asked": "asked" in request.GET and request.method != "POST",
        "takes": membership.takes_questions and membership.answerer() is not None,
        "wait": questions.reason_to_wait(membership, request.user),
        "from_one": FROM_ONE_PERSON,
        "kept": WORDS_KEPT.days,
        "section": "councils",
    }
    return render(request, "network/ask_member.html", context)


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a question to the member, and take a yes or a no. Opening it answers nothing."""
    rows = Question.objects.select_related("membership__council", "asker_council", "by")
    found = row_behind(token, rows, Question.was_link)
    form = NoForm(posted(request))
    if request.method == "POST" and found.opens_with(token):
        with suppress(Refused):  # the next page shows how it stands
            if "yes" in request.POST:
                questions.say_yes(found)
            elif "no" in request.POST and form.is_valid():
                questions.say_no(found, report=form.cleaned_data["report"])
        return redirect("network:answer_question", token)
    alive = found.opens_with(token)
    is_answered = found.status in {QuestionStatus.INTRODUCED, QuestionStatus.DECLINED}
    context = {
        "question": found,
        "council": found.council,
        "form": form,
        "alive": alive,
        "kept": WORDS_KEPT.days,
        "section": "councils",
    }
    status = 200 if alive or is_answered else 410
    return render(request, "network/answer_question.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_member(request: MemberRequest, slug: str) -> HttpResponse:
    """Show how many questions a member had, and switch them on or off."""
    membership = membership_of(request, slug)
    may = permissions.can_act_for(request.user, membership)
    if request.method == "POST":
        permissions.require(may, ONLY_THEY)
        on = "on" in request.POST
        if on or "off" in request.POST:
            questions.let_ask(membership, by=request.user, on=on)
            name = membership.council.name
            done = f"{'Officers can' if on else 'No one can'} ask {name} questions now."
            messages.success(request, done)
        return redirect("network:member_questions", slug)
    year = membership.questions.filter(asked_at__gt=timezone.now() - A_YEAR)
    counts = year.aggregate(
        asked=Count("pk"),
        introduced=Count("pk", filter=Q(status=QuestionStatus.INTRODUCED)),
        waiting=Count("pk", filter=Q(status=QuestionStatus.SENT)),
    )
    context = {
        "counts": counts,
        "answerer": membership.answerer(),
        "may": may,
        "to_one": TO_ONE_MEMBER,
        "from_one": FROM_ONE_PERSON,
    }
    return page_of_member(request, "member_questions", membership, **context)
