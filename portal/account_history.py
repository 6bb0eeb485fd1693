"""What happened to someone's account: they see it there, and are told of changes by email."""

import logging

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth import user_login_failed
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row
from portal.models import AccountEvent, MemberRequest, User

log = logging.getLogger("portal.security")
SHOWN = 50
# Each browser names the older ones too, so the first that is found counts.
_BROWSERS = [("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
_SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]
# allauth's names for the emails about a change.
CHANGES = {
    "account/email/email_changed": AccountEvent.Kind.EMAIL_CHANGED,
    "account/email/email_deleted": AccountEvent.Kind.EMAIL_REMOVED,
    "account/email/password_changed": AccountEvent.Kind.PASSWORD_CHANGED,
    "account/email/password_reset": AccountEvent.Kind.PASSWORD_CHANGED,
    "account/email/password_set": AccountEvent.Kind.PASSWORD_SET,
    "mfa/email/recovery_codes_generated": AccountEvent.Kind.RECOVERY_CODES,
    "mfa/email/totp_activated": AccountEvent.Kind.APP_ADDED,
    "mfa/email/totp_deactivated": AccountEvent.Kind.APP_REMOVED,
    "mfa/email/webauthn_added": AccountEvent.Kind.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": AccountEvent.Kind.PASSKEY_REMOVED,
}


def _invent() -> AccountEvent:
    user = User(email="sam@sampleford.example", first_name="Sam")
    return AccountEvent(user=user, kind=AccountEvent.Kind.PASSWORD_CHANGED, at=timezone.now())


ACCOUNT_CHANGED = Mail(
    "portal.account_changed",
    "An account was changed",
    to=Recipients("The person whose account it is; at their old address if that changed"),
    about={"change": Row(AccountEvent.objects.select_related("user"), _invent)},
    context=lambda change: {"history": absolute("account_history")},
)


def note(request: HttpRequest, user: User, kind: str) -> AccountEvent:
    """Add what happened to the account's history."""
    browser = browser_of(request.headers.get("User-Agent", ""))
    return AccountEvent.objects.create(user=user, kind=kind, browser=browser)


def browser_of(agent: str) -> str:
    """Return a browser's name in words that people know; "" if there is none."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " on ".join(filter(None, [browser, system]))


def _note_sign_in(sender, request: HttpRequest, user: User, **kwargs) -> None:
    methods = [each["method"] for each in get_authentication_records(request, user)]
    log.info("Account %s signed in by %s.", user.pk, " and ".join(methods) or "code")
    note(request, user, AccountEvent.Kind.SIGNED_IN)


def _note_wrong_code(sender, request: HttpRequest, user: User, **kwargs) -> None:
    log.warning("A second step was refused to account %s.", user.pk)
    note(request, user, AccountEvent.Kind.WRONG_CODE)


def _log_wrong_password(sender, credentials: dict[str, str], **kwargs) -> None:
    email = str(credentials.get("email", ""))
    found = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    log.warning("A password was refused to %s.", f"account {found}" if found else "nobody we know")


def listen() -> None:
    """Connect allauth's signals; called once, when the app is ready."""
    user_logged_in.connect(_note_sign_in, dispatch_uid="portal.history.sign_in")
    user_login_failed.connect(_log_wrong_password, dispatch_uid="portal.history.wrong_password")
    authentication_failed.connect(_note_wrong_code, dispatch_uid="portal.history.wrong_code")


@require_safe
@login_required
def history(request: MemberRequest) -> HttpResponse:
    """The latest sign-ins and changes of one's own account."""
    events = AccountEvent.objects.filter(user_id=request.user.pk).order_by("-at", "-pk")
    return render(request, "account/history.html", {"events": events[:SHOWN]})
