"""Wordings: writing, approval, and pinning another one."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from network import permissions
from network.actions.locks import locked
from network.actions.requests import send_link
from network.choices import RequestStatus
from network.emails import signing as signing_emails
from network.models import (
    ByTrustee,
    EndorsementRequest,
    EndorsementWording,
    Event,
    Refused,
    SignUp,
)
from portal.models import User


@transaction.atomic
def write_wording(*, by: User, text: str) -> EndorsementWording:
    """Write a new version, a draft until it is approved for the network.

    Raises:
        PermissionDenied: If they are not a network manager.
    """
    permissions.require(permissions.can_review(by))
    # Take version numbers one at a time.
    EndorsementWording.objects.select_for_update(no_key=True).order_by("version").first()
    newest = EndorsementWording.objects.aggregate(newest=Max("version"))["newest"]
    wording = EndorsementWording.objects.create(version=(newest or 0) + 1, text=text)
    Event.objects.record("wording.written", by=by, wording=wording)
    return wording


@transaction.atomic
def rewrite_wording(
    wording: EndorsementWording, *, by: User, text: str, shown: str | None = None
) -> None:
    """Change a draft that no one has approved or been asked to sign.

    Args:
        shown: Hash of the text that was on the page; None without a page.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it is frozen, or someone else has changed it since.
    """
    permissions.require(permissions.can_review(by))
    wording = EndorsementWording.objects.select_for_update(no_key=True).get(pk=wording.pk)
    if wording.is_approved or wording.is_in_use:
        raise Refused(
            "You cannot change this wording. It has been approved, or someone was asked to sign it."
        )
    if shown not in (None, wording.hash):
        raise Refused(
            "Someone has changed this draft since you opened the page. What you entered is below, "
            "with the draft as it is now. Save again to replace it with yours."
        )
    wording.text = text
    # What was approved is another text.
    wording.approved_by_name = wording.approval_evidence = ""
    wording.approval_recorded_by = None
    wording.save()
    Event.objects.record("wording.rewritten", by=by, wording=wording)


@transaction.atomic
def approve_wording(
    wording: EndorsementWording,
    *,
    by: User,
    approved_by_name: str,
    evidence: str,
    shown: str | None = None,
) -> None:
    """Record who approved a wording for the network. A second manager or a trustee confirms it.

    Args:
        evidence: Where the approval is written down: in words, or a link.
        shown: Hash of the text they read; None without a page.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it was approved before, or someone has changed it since.
    """
    permissions.require(permissions.can_review(by))
    fresh = _locked_to_approve(wording, shown)
    fresh.approved_by_name = approved_by_name
    fresh.approval_evidence = evidence
    fresh.approval_recorded_by = by
    fresh.save()
    Event.objects.record("wording.approval_recorded", by=by, wording=fresh, why=approved_by_name)


@transaction.atomic
def confirm_approval(wording: EndorsementWording, *, by: User, shown: str | None = None) -> None:
    """Confirm, as a second person, that the network approved a wording: it may be sent now.

    Raises:
        PermissionDenied: If they are no network manager, or recorded the approval themselves.
        Refused: If no approval waits, or someone has changed it meanwhile.
    """
    fresh = _locked_to_approve(wording, shown)
    permissions.require(permissions.can_confirm_approval(by, fresh))
    if not fresh.waits_for_second:
        raise Refused("No one has recorded an approval of this wording.")
    if isinstance(by, ByTrustee):
        fresh.approval_trustee = by.request
    else:
        fresh.approval_confirmed_by = by
    fresh.approved_on = timezone.localdate()
    fresh.save()
    Event.objects.record("wording.approved", by=by, wording=fresh, why=fresh.approved_by_name)


def _locked_to_approve(wording: EndorsementWording, shown: str | None) -> EndorsementWording:
    fresh = EndorsementWording.objects.select_for_update(no_key=True).get(pk=wording.pk)
    if fresh.is_approved:
        raise Refused("This wording has already been approved.")
    if shown not in (None, fresh.hash):
        raise Refused("Someone has changed this draft since you opened the page. Read it again.")
    return fresh


@transaction.atomic
def move_to_wording(sign_up: SignUp, wording: EndorsementWording, *, by: User, why: str) -> None:
    """Pin another wording to an open sign-up, and tell the applicant.

    Signatures for the old one stay as history and stop counting. People who were asked or have
    signed get a new link, unless the council endorses by a decision alone.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        Refused: If it has ended or has pinned none, or the wording is not approved or is
            pinned already.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_prepare(by, sign_up))
    if not sign_up.is_open or sign_up.wording is None:
        raise Refused("This application has no wording to move.")
    wording = EndorsementWording.objects.get(pk=wording.pk)
    if sign_up.wording_id == wording.pk:
        raise Refused("The application already uses this wording.")
    if not wording.may_be_sent:
        raise Refused("The network has not approved this wording yet.")
    sign_up.wording = wording
    sign_up.save(update_fields=["wording"])
    event = Event.objects.record(
        "sign_up.wording_moved", by=by, why=why, sign_up=sign_up, wording=wording
    )
    for request in sign_up.current_requests():
        _ask_anew(sign_up, request, by)
    if decision := sign_up.formal_decision:  # a decision about the former wording
        decision.wording_matches = False
        decision.confirmed_by = decision.confirmed_at = None
        decision.save(update_fields=["wording_matches", "confirmed_by", "confirmed_at"])
    signing_emails.wording_moved(sign_up, event)


def _ask_anew(sign_up: SignUp, request: EndorsementRequest, by: User) -> None:
    if request.status == RequestStatus.EXPIRED and sign_up.needs_signatures:
        send_link(request, by=by)
    elif request.status in {RequestStatus.SENT, RequestStatus.SIGNED}:
        request.move_to(RequestStatus.SUPERSEDED, by=by, why="The wording has changed")
        if not sign_up.needs_signatures:
            return
        again = EndorsementRequest.objects.create(
            sign_up=sign_up,
            office=request.office,
            name=request.name,
            role=request.role,
            email=request.email,
            message=request.message,
        )
        send_link(again, by=by)
