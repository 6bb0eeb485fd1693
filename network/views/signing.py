"""Pages behind a link to sign. Opening them changes nothing; a typed name signs.

One flow serves signatories in a sign-up and new office holders in a member.
"""

from contextlib import suppress
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from network.actions import signing
from network.choices import Office
from network.emails.requests import ON_KEEP_IT_LOCAL
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
from network.views.token_pages import LinkPages, as_typed, row_behind, shown_again, typed_in
from portal.security.origin import View, posted_behind_a_token
from principles.models import Principle

Asked = EndorsementRequest | OfficeChange
GIVEN_UP = {"cancelled", "superseded", "replaced"}


def _about(asked: Asked) -> dict[str, object]:
    """Return what every page says, by who is asked."""
    is_new_holder = isinstance(asked, OfficeChange)
    return {
        "council": asked.council,
        "again": is_new_holder,
        "sign_up": None if is_new_holder else asked.subject,
        "qualifies": who_qualifies(Office(asked.office), asked.subject.governance),
        # A link to an address that was given up says no more than its mail did.
        "contact": asked.contact() if asked.is_wanted and asked.status not in GIVEN_UP else None,
        "principles": Principle.objects.all(),
        **ON_KEEP_IT_LOCAL,
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
    send_link=signing.send_link_on_file,
)


@IN_A_SIGN_UP.answering
def endorse(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse | None:
    """Show the wording, and a form to sign it."""
    form = EndorseForm(typed_in(request, token), initial={"role": asked.role})
    return _sign(IN_A_SIGN_UP, request, asked, token, form, "endorse")


@IN_A_SIGN_UP.answering
def endorse_for_them(
    request: HttpRequest, asked: EndorsementRequest, token: str
) -> HttpResponse | None:
    """Show the same form for an assistant, who confirms that they are one."""
    initial = {"name": asked.name, "role": asked.role}
    form = AssistantForm(typed_in(request, token), initial=initial)
    return _sign(IN_A_SIGN_UP, request, asked, token, form, "endorse_for_them")


@IN_A_MEMBER.answering
def endorse_again(request: HttpRequest, asked: OfficeChange, token: str) -> HttpResponse | None:
    """Show the wording to a new office holder, and a form to sign it."""
    form = EndorseForm(typed_in(request, token), initial={"role": asked.role})
    return _sign(IN_A_MEMBER, request, asked, token, form, "again")


def _sign(
    pages: LinkPages,
    request: HttpRequest,
    asked: Asked,
    token: str,
    form: EndorseForm,
    template: str,
) -> HttpResponse | None:
    """Sign if the page is still what was read; otherwise show the form, or what was typed.

    Every POST leads to a GET: of the signed page, or of this one with what was typed.
    """
    subject, wording = asked.subject, asked.subject.pinned_wording
    shown = form.data.get("shown", "")
    if "sign" in request.POST and form.is_valid():
        assistant = signing.Assistant(**form.assistant())
        with suppress(PageChanged):
            signing.endorse(asked, **form.signature(), shown=shown, assistant=assistant)
            return None
    if again := shown_again(request, token, form):
        return again
    changed = form.is_bound and shown != subject.fingerprint
    checks = form.is_valid() and not changed and "change" not in request.GET
    return pages.render(
        request,
        "endorse_check" if checks else template,
        asked,
        token,
        wording=wording,
        text=wording.text_for(subject.council.official_name),
        shown=subject.snapshot,
        fingerprint=subject.fingerprint,
        form=form,
        changed=changed,
        typed=as_typed(form),
        differs=checks and form.signature() != {"name": asked.name, "role": asked.role},
    )


def _no(pages: LinkPages) -> View:
    """Return the view that declines, with an optional reason."""

    @pages.answering
    def no(request: HttpRequest, asked: Asked, token: str) -> HttpResponse | None:
        form = NoForm(typed_in(request, token), asked=asked)
        if request.method == "POST" and form.is_valid():
            return signing.say_no(asked, why=form.cleaned_data["why"])
        page = shown_again(request, token, form)
        return page or pages.render(request, "endorse_no", asked, token, form=form)

    return no


@IN_A_SIGN_UP.answering
def endorse_not_me(
    request: HttpRequest, asked: EndorsementRequest, token: str
) -> HttpResponse | None:
    """Record that someone else holds this role."""
    form = NotMeForm(typed_in(request, token))
    if request.method == "POST" and form.is_valid():
        return signing.not_the_right_person(asked, **form.proposal())
    page = shown_again(request, token, form)
    return page or IN_A_SIGN_UP.render(request, "endorse_not_me", asked, token, form=form)


def _report(rows: QuerySet[Any], *, again: bool) -> View:
    """Return the view for “this was not me”: notify staff, who check it."""

    @posted_behind_a_token
    @require_http_methods(["GET", "HEAD", "POST"])
    def report(request: HttpRequest, token: str) -> HttpResponse:
        signed = row_behind(token, rows, Signature.may_be_reported_with)
        form = ReportForm(typed_in(request, token))
        council = signed.asked.council
        context = {"signed": signed, "council": council, "form": form, "again": again}
        if signed.report_link_has_ended:
            return render(request, "network/endorse_report_ended.html", context, status=410)
        if request.method == "POST" and form.is_valid():
            signing.report_signature(signed, **form.cleaned_data)
            return redirect(request.path)
        done = signed.is_disputed or signed.struck_out_at
        name = "endorse_reported" if done else "endorse_report"
        page = shown_again(request, token, form)
        return page or render(request, f"network/{name}.html", context)

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
