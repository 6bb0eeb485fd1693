"""Pages behind a link to sign. Opening them changes nothing; a typed name signs.

One flow serves signatories in a sign-up and new office holders in a member.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from network.actions import signing
from network.choices import Office
from network.forms.signing import (
    AssistantForm,
    EndorseForm,
    NoForm,
    NotMeForm,
    ReportForm,
    who_qualifies,
)
from network.models import (
    Endorsement,
    EndorsementRequest,
    LaterEndorsement,
    OfficeChange,
    PageChanged,
)
from network.models.signing import Signature
from network.views.token_pages import LinkPages, private, row_behind
from portal.forms import posted
from portal.security.origin import View, posted_behind_a_token

Asked = EndorsementRequest | OfficeChange


def _about(asked: Asked) -> dict[str, object]:
    """Return the context of every page, for the kind of request."""
    is_new_holder = isinstance(asked, OfficeChange)
    return {
        "council": asked.council,
        "again": is_new_holder,
        "sign_up": None if is_new_holder else asked.subject,
        "qualifies": who_qualifies(Office(asked.office), asked.subject.governance),
    }


def _outcome(asked: Asked) -> str:
    """Return the template that shows the answer."""
    answered = "endorse_answered"
    pages = {"signed": "endorse_signed", "declined": answered, "wrong_person": answered}
    return pages.get(asked.status, "")


IN_A_SIGN_UP = LinkPages(
    address="network:endorse",
    new_link_address="network:endorse_new_link",
    rows=EndorsementRequest.objects.select_related(
        "sign_up__council", "sign_up__wording", "endorsement"
    ),
    context=_about,
    outcome=_outcome,
    dead="endorse_dead",
    limit="new_link",
    send_link=signing.send_link_on_file,
)
IN_A_MEMBER = LinkPages(
    address="network:endorse_again",
    new_link_address="network:endorse_again_new_link",
    rows=OfficeChange.objects.select_related(
        "membership__council", "membership__sign_up", "wording", "endorsement"
    ),
    context=_about,
    outcome=_outcome,
    dead="again_dead",
    limit="new_link_again",
    send_link=signing.send_link_on_file,
)


@IN_A_SIGN_UP.answering
def endorse(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse | None:
    """Show the wording, and a form to sign it."""
    form = EndorseForm(posted(request), initial={"role": asked.role})
    return _sign(IN_A_SIGN_UP, request, asked, token, form, "endorse")


@IN_A_SIGN_UP.answering
def endorse_for_them(
    request: HttpRequest, asked: EndorsementRequest, token: str
) -> HttpResponse | None:
    """Show the same form for an assistant, who confirms that they are one."""
    initial = {"name": asked.name, "role": asked.role}
    form = AssistantForm(posted(request), initial=initial, asked=asked)
    return _sign(IN_A_SIGN_UP, request, asked, token, form, "endorse_for_them")


@IN_A_MEMBER.answering
def endorse_again(request: HttpRequest, asked: OfficeChange, token: str) -> HttpResponse | None:
    """Show the wording to a new office holder, and a form to sign it."""
    form = EndorseForm(posted(request), initial={"role": asked.role})
    return _sign(IN_A_MEMBER, request, asked, token, form, "again")


def _sign(
    pages: LinkPages,
    request: HttpRequest,
    asked: Asked,
    token: str,
    form: EndorseForm,
    template: str,
) -> HttpResponse | None:
    """Show the answers for a check, then sign if the page has not changed since."""

    def page(name: str, **more: Any) -> HttpResponse:
        subject = asked.subject
        wording = subject.pinned_wording
        shows: dict[str, Any] = {
            "wording": wording,
            "text": wording.text_for(subject.council.official_name),
            "shown": subject.snapshot,
            "fingerprint": subject.fingerprint,
            "form": form,
        }
        return pages.render(request, name, asked, token, **shows, **more)

    shown = request.POST.get("shown", "")
    changed = request.method == "POST" and shown != asked.subject.fingerprint
    if changed or not form.is_valid() or "change" in request.POST:
        return page(template, changed=changed)
    if "sign" not in request.POST:
        differs = form.signature() != {"name": asked.name, "role": asked.role}
        ours = tuple(form.fields)
        typed = [(name, str(v)) for name, v in request.POST.items() if name.startswith(ours)]
        return page("endorse_check", typed=typed, differs=differs)
    assistant = signing.Assistant(**form.assistant())
    try:
        signing.endorse(asked, **form.signature(), shown=shown, assistant=assistant)
    except PageChanged:
        asked.refresh_from_db()
        return page(template, changed=True)
    return None


def _no(pages: LinkPages) -> View:
    """Return the view that declines, with an optional reason."""

    @pages.answering
    def no(request: HttpRequest, asked: Asked, token: str) -> HttpResponse | None:
        form = NoForm(posted(request), asked=asked)
        if form.is_valid():
            return signing.say_no(asked, why=form.cleaned_data["why"])
        return pages.render(request, "endorse_no", asked, token, form=form)

    return no


@IN_A_SIGN_UP.answering
def endorse_not_me(
    request: HttpRequest, asked: EndorsementRequest, token: str
) -> HttpResponse | None:
    """Record that someone else holds this role."""
    form = NotMeForm(posted(request))
    if form.is_valid():
        return signing.not_the_right_person(asked, **form.proposal())
    return IN_A_SIGN_UP.render(request, "endorse_not_me", asked, token, form=form)


def _report(rows: QuerySet[Any], *, again: bool) -> View:
    """Return the view for “this was not me”: notify staff, who check it."""

    @posted_behind_a_token
    @require_http_methods(["GET", "HEAD", "POST"])
    def report(request: HttpRequest, token: str) -> HttpResponse:
        signed = row_behind(token, rows, Signature.may_be_reported_with)
        form = ReportForm(posted(request))
        council = signed.asked.council
        context = {"signed": signed, "council": council, "form": form, "again": again}
        if signed.report_link_has_ended:
            page = render(request, "network/endorse_report_ended.html", context, status=410)
        elif form.is_valid():
            signing.report_signature(signed, **form.cleaned_data)
            page = redirect(request.path)
        else:
            done = signed.is_disputed or signed.struck_out_at
            name = "endorse_reported" if done else "endorse_report"
            page = render(request, f"network/{name}.html", context)
        return private(page)

    return report


endorse_no = _no(IN_A_SIGN_UP)
endorse_new_link = IN_A_SIGN_UP.sending_links()
endorse_report = _report(
    Endorsement.objects.select_related("request__sign_up__council", "sign_up", "wording"),
    again=False,
)
endorse_again_no = _no(IN_A_MEMBER)
endorse_again_new_link = IN_A_MEMBER.sending_links()
endorse_again_report = _report(
    LaterEndorsement.objects.select_related(
        "change__membership__council", "change__membership__sign_up", "wording"
    ),
    again=True,
)
