"""Public pages of supporters: sign up, confirm, preferences, leave; and of who asked a council.

None uses a cookie. Every answer to an address that someone enters is the same, whether or not we
know it. Opening a link changes nothing, because mail scanners open links.
"""

import json
from collections.abc import Callable
from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.supporters.actions import asks, supporters
from campaign.supporters.forms import AskForm, PreferencesForm, SupporterForm
from campaign.supporters.models import CouncilAsk, Supporter, is_unsubscribe_token
from network.models import Refused
from network.views.token_pages import row_behind
from portal import links
from portal.forms import posted
from portal.page_cache import kept
from portal.security.files import by_rule
from portal.security.origin import posted_behind_a_token, same_site_post
from portal.security.rate_limits import allow
from portal.security.token_guessing import who_asks

# Each of these sends an email to an address that anyone can enter.
PER_VISITOR = {"times": 20, "seconds": 3600}
PER_ADDRESS = {"times": 3, "seconds": 24 * 3600}
SUPPORTERS = Supporter.objects.select_related("council").prefetch_related("topics")
ASKS = CouncilAsk.objects.select_related("council")


def _page(request: HttpRequest, name: str, *, status: int = 200, **context) -> HttpResponse:
    return render(request, f"campaign/supporters/{name}.html", context, status=status)


def _sent(request: HttpRequest, form, act: Callable[..., None], page: str) -> HttpResponse:
    """Do what a valid form asks for, unless there were too many, and say what happens next."""
    if not allow("supporters", who_asks(request), **PER_VISITOR):
        return render(request, "429.html", status=429)
    if allow("supporter", form.cleaned_data["email"], **PER_ADDRESS):
        act(**form.cleaned_data)
    return redirect(page)


@kept()
@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form to get our news; email a link to confirm."""
    form = SupporterForm(posted(request))
    if form.is_valid():
        return _sent(request, form, supporters.sign_up, "campaign:supporters_sent")
    return _page(request, "sign_up", form=form)


@kept()
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say that we sent an email, whatever address it was."""
    return _page(request, "sent")


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether this person wants our news; put them on the list with a POST."""
    supporter = row_behind(token, SUPPORTERS, Supporter.was_asked_with)
    if request.method == "POST":
        with suppress(Refused):
            supporters.confirm(supporter, token=token)
        return redirect(request.path)
    if not supporter.confirms_with(token) or supporter.status not in {"asked", "confirmed"}:
        return _page(request, "expired", status=410)
    return _page(request, "confirm", supporter=supporter)


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what we hold about a supporter, and let them change it."""
    supporter = row_behind(token, SUPPORTERS, Supporter.opens_preferences_with)
    if not supporter.is_on_the_list:
        return _page(request, "left", supporter=supporter, token=token)
    initial = {
        "name": supporter.name,
        "topics": supporter.topic_values,
        "council": supporter.council and supporter.council.slug,
    }
    form = PreferencesForm(posted(request), initial=initial)
    if form.is_valid():
        with suppress(Refused):
            supporters.change_preferences(supporter, **form.cleaned_data)
        return redirect(request.path + "?saved=yes")
    said = "saved" in request.GET and not form.is_bound
    return _page(request, "preferences", supporter=supporter, form=form, token=token, saved=said)


@posted_behind_a_token
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Stop our news, from the page of preferences."""
    supporter = row_behind(token, SUPPORTERS, Supporter.opens_preferences_with)
    supporters.leave(supporter)
    return redirect("campaign:preferences", token)


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to delete everything we hold about someone, and do it with a POST."""
    supporter = row_behind(token, SUPPORTERS, Supporter.opens_preferences_with)
    if request.method == "POST":
        supporters.erase(supporter)
        return redirect("campaign:supporter_erased")
    return _page(request, "erase", supporter=supporter, token=token)


@kept()
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Say that we hold nothing any more."""
    return _page(request, "erased")


@require_safe
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Send someone everything that we hold about them, as a file."""
    supporter = row_behind(token, SUPPORTERS, Supporter.opens_preferences_with)
    held = {
        "email": supporter.email,
        "name": supporter.name,
        "council": supporter.council and supporter.council.official_name,
        "topics": supporter.topic_labels,
        "status": supporter.get_status_display(),
        "status_since": timezone.localtime(supporter.status_at).isoformat(),
        "confirmed": supporter.confirmed_at
        and timezone.localtime(supporter.confirmed_at).isoformat(),
    }
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return by_rule(HttpResponse(text), "keep-it-local-news.json")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop our news: one POST is enough, which mail programs send by themselves (RFC 8058).

    It checks nothing but the token, and can do nothing else.
    """
    pk = links.row_of(token)
    if pk is None or not is_unsubscribe_token(token):
        raise Http404
    supporter = SUPPORTERS.filter(pk=pk).first()
    if request.method == "POST" and supporter:
        supporters.leave(supporter)
        supporter.refresh_from_db()
    gets_news = bool(supporter and supporter.is_on_the_list)
    return _page(request, "unsubscribe", gets_news=gets_news)


@kept()
@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def tell_ask(request: HttpRequest) -> HttpResponse:
    """Show the form to tell us that one asked a council; email a link to confirm."""
    form = AskForm(posted(request), initial={"council": request.GET.get("council")})
    if form.is_valid():
        return _sent(request, form, asks.tell, "campaign:supporters_sent")
    return _page(request, "tell_ask", form=form)


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether someone asked this council, count it with a POST; then let it be taken back."""
    found = row_behind(token, ASKS, CouncilAsk.was_asked_with)
    if request.method == "POST" and "take_back" in request.POST:
        asks.take_back(found)
        return redirect("campaign:supporter_erased")
    if request.method == "POST":
        with suppress(Refused):
            asks.confirm(found, token=token)
        return redirect("campaign:ask", token)
    if not found.opens_with(token):
        return _page(request, "expired", status=410)
    return _page(request, "ask", ask=found)
