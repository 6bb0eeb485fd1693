"""Pages in the member area where a council writes case studies."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casestudies import readiness, submitted
from casestudies.actions import submissions
from casestudies.choices import Section, SubmissionStatus
from casestudies.forms.submissions import SECTION_FORMS, MemberPictureForm, SectionForm
from casestudies.models import CaseStudyPage, Submission
from network import permissions
from network.models import ChangedMeanwhile, Membership, Refused
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_as_message
from network.views.tasks import together, typed_again
from portal.forms import posted
from portal.models import MemberRequest
from portal.pictures import Picture

VIEWERS = "You can read this council’s case studies, but not change them. Ask the lead contact."
DONE, NOT_BEGUN, WRONG = "Completed", "Not started", "Something is missing"
TONES = {DONE: "", NOT_BEGUN: "", WRONG: "attention"}


def _submission_of(request: MemberRequest, slug: str, pk: str) -> tuple[Membership, Submission]:
    """Return a council's membership and one of its case studies for its people, or 404."""
    membership = membership_of(request, slug)
    found = Submission.objects.of_council(membership.council).select_related("page__council")
    return membership, get_object_or_404(found, pk=pk)


@never_cache
@login_required
@require_safe
def overview(request: MemberRequest, slug: str) -> HttpResponse:
    """List what the council writes and what is public of it."""
    membership = membership_of(request, slug)
    council = membership.council
    written = list(Submission.objects.of_council(council).with_pages())
    public = CaseStudyPage.objects.live().public().filter(council=council).order_by("title")
    context = {
        "written": [found for found in written if found.status != SubmissionStatus.PUBLISHED],
        "public": public.only("title", "slug", "council"),
        "may_change": permissions.can_act_for(request.user, membership),
    }
    return page_of_member(request, "casestudies/submissions", membership, **context)


@login_required
@require_POST
def start(request: MemberRequest, slug: str) -> HttpResponse:
    """Start a new case study."""
    membership = membership_of(request, slug)
    with refusal_as_message(request):
        return redirect(submissions.start(membership, by=request.user).address)
    return redirect("casestudies:submissions", slug)


@login_required
@require_POST
def change(request: MemberRequest, slug: str, page: str) -> HttpResponse:
    """Start a change of a published case study."""
    membership = membership_of(request, slug)
    public = CaseStudyPage.objects.live().filter(council=membership.council)
    found = get_object_or_404(public, slug=page)
    with refusal_as_message(request):
        return redirect(submissions.start_change(membership, found, by=request.user).address)
    return redirect("casestudies:submissions", slug)


@never_cache
@login_required
@require_safe
def submission(request: MemberRequest, slug: str, pk: str) -> HttpResponse:
    """Show the sections of one case study, how far it has come, and what to do next."""
    membership, found = _submission_of(request, slug, pk)
    page, status = found.version, found.status
    problems = readiness.problems(page, found.council)
    may_change = permissions.can_act_for(request.user, membership)
    writes = may_change and found.is_open and found.can_be_changed
    tasks = [_task(found, page, section, problems, writes) for section in Section]
    context = {
        "submission": found,
        "status": status,
        "tasks": tasks,
        "lacks": [(task["title"], task["url"], task["problems"]) for task in tasks],
        "is_ready": not problems,
        "may_change": may_change,
        "writes": writes,
        "wanted": found.wanted,
    }
    return page_of_member(request, "casestudies/submission", membership, **context)


def _task(
    found: Submission,
    page: CaseStudyPage,
    section: Section,
    problems: dict[str, list[str]],
    writes: bool,
) -> dict[str, Any]:
    """Return a section as a row of the task list."""
    begun, wrong = readiness.is_begun(section, page, found.council), problems.get(section, [])
    status = (WRONG if begun else NOT_BEGUN) if wrong else (DONE if begun else NOT_BEGUN)
    return {
        "title": section.label,
        "url": _address(found, section) if writes else "",
        "status": status,
        "tone": TONES[status],
        "hint": "You can leave this blank" if writes and not (wrong or begun) else "",
        "problems": wrong,
    }


def _address(found: Submission, section: str) -> str:
    if section == Section.PICTURES:
        return reverse("casestudies:submission_pictures", args=[found.council.slug, found.pk])
    return reverse("casestudies:submission_section", args=[found.council.slug, found.pk, section])


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: MemberRequest, slug: str, pk: str, section: str) -> HttpResponse:
    """Show or save one section."""
    membership, found = _submission_of(request, slug, pk)
    permissions.require(permissions.can_act_for(request.user, membership), VIEWERS)
    page = found.version
    form = SECTION_FORMS[section](
        posted(request),
        answers=submitted.read(section, page, found.council),
        version=_version(page),
        labels=_labels(page),
    )
    if form.is_valid():
        try:
            submissions.save_section(
                found, section, by=request.user, answers=form.answers(), seen=form.seen
            )
        except ChangedMeanwhile as clash:
            return _clash(request, membership, found, form, clash)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{Section(section).label}” is saved.")
            return redirect(_address(found, section) if "more" in request.POST else found.address)
    if not (found.is_open and found.can_be_changed) and not form.is_bound:
        return redirect(found.address)
    return _section_page(request, membership, found, form)


def _version(page: CaseStudyPage) -> int:
    return page.latest_revision_id or 0


def _labels(page: CaseStudyPage) -> list[str]:
    """Return the short names of the sources to choose from, and those that are chosen."""
    chosen = [result.source for result in page.results.all()]
    chosen.append(submitted.KEEPERS[Section.QUOTE].read(page)["quote_source"])
    every = [source.label for source in page.sources.all()] + chosen
    return [label for label in dict.fromkeys(every) if label]


def _section_page(
    request: MemberRequest,
    membership: Membership,
    found: Submission,
    form: SectionForm,
    **context: object,
) -> HttpResponse:
    section = Section(form.section)
    lacks = readiness.problems(found.version, found.council).get(section, [])
    shared = {"submission": found, "form": form, "part": section, "back": found.address}
    shared["lacks"] = lacks if found.sent_at and not form.is_bound else []
    return page_of_member(request, "casestudies/submission_section", membership, **shared | context)


def _clash(
    request: MemberRequest,
    membership: Membership,
    found: Submission,
    form: SectionForm,
    clash: ChangedMeanwhile,
) -> HttpResponse:
    """Show both versions by question, and a merged form."""
    theirs, mine = clash.save, form.answers()
    before = submissions.version_seen(found, form.section, form.seen)
    merged = theirs.answers | together(form, before, theirs.answers, mine)
    every = theirs.answers | mine
    labels = _labels(found.version)
    both = type(form)(answers=merged, version=theirs.version, labels=labels)
    shown = type(form)(answers=every, labels=labels)
    context = {
        "clash": theirs,
        "differences": shown.differences(theirs.answers, mine),
        "typed": typed_again(request),
    }
    response = _section_page(request, membership, found, both, **context)
    response.status_code = 409
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: MemberRequest, slug: str, pk: str) -> HttpResponse:
    """Show the pictures of one case study, and add one."""
    membership, found = _submission_of(request, slug, pk)
    permissions.require(permissions.can_act_for(request.user, membership), VIEWERS)
    if not (found.is_open and found.can_be_changed):
        return redirect(found.address)
    picture = Picture(uploaded_by_user=request.user)
    form = MemberPictureForm(posted(request), request.FILES or None, instance=picture)
    if form.is_valid():
        with refusal_as_message(request):
            submissions.add_picture(found, form, by=request.user)
            messages.success(request, "Picture added. Only your council and our editors see it.")
        return redirect("casestudies:submission_pictures", slug, pk)
    page = found.version
    people = page.council_notes.get("people_in_pictures", {})
    context = {
        "submission": found,
        "form": form,
        "pictures": [
            (block.id, block.value, people.get(str(block.value.pk), ""))
            for block in submitted.pictures(page)
        ],
        "part": Section.PICTURES,
        "back": found.address,
    }
    return page_of_member(request, "casestudies/submission_pictures", membership, **context)


@login_required
@require_POST
def remove_picture(request: MemberRequest, slug: str, pk: str) -> HttpResponse:
    """Remove a picture from the draft."""
    _, found = _submission_of(request, slug, pk)
    with refusal_as_message(request):
        submissions.remove_picture(found, request.POST.get("picture", ""), by=request.user)
        messages.success(request, "Picture removed.")
    return redirect("casestudies:submission_pictures", slug, pk)


@never_cache
@login_required
@require_safe
def preview(request: MemberRequest, slug: str, pk: str) -> HttpResponse:
    """Show the draft as the page will look, to the council's own people."""
    _, found = _submission_of(request, slug, pk)
    return as_it_will_look(request, found)


def as_it_will_look(request: MemberRequest, found: Submission) -> HttpResponse:
    """Return the last saved version with the page's own template, for nobody else to keep."""
    page = found.version
    if found.is_open and found.can_be_changed:
        submissions.make_ready(page, found.council)
    context = page.get_context(request) | {
        "layout": "casestudies/submission_preview.html",
        "submission": found,
    }
    response = render(request, page.get_template(request), context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


ACTS = {
    "send": (submissions.send, "Sent. One of our editors will read it, and we’ll email you."),
    "take-back": (submissions.take_back, "You can change it again. Send it when it is ready."),
    "withdraw": (submissions.withdraw, "Withdrawn. What is public has not changed."),
}


@login_required
@require_POST
def act(request: MemberRequest, slug: str, pk: str, what: str) -> HttpResponseBase:
    """Send a case study, take it back or withdraw it."""
    _, found = _submission_of(request, slug, pk)
    action, done = ACTS[what]
    with refusal_as_message(request):
        action(found, by=request.user)
        messages.success(request, done)
    return redirect(found.address)
