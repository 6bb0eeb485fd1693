"""Second factor: outside DEBUG, staff's permissions need one, given in this very session.

A session that has not given it, or gave it too long ago, is an ordinary person's: its staff
permissions are off everywhere, and the pages of staff ask for the second factor again.
"""

import logging
import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import (
    is_reauthentication_required,
    suspend_request,
)
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject

from portal.security.token_guessing import BEHIND_A_TOKEN

ADMIN_PATHS = ("/admin/", "/django-admin/")
# Where staff's permissions show or change more than anyone else may.
STAFF_REACH = ("/join/", "/my/")
# An open editing page sends these by itself, so they do not show that someone is there.
CONFIRMATION = "/reauthenticate/"  # how the addresses end where people confirm who they are
UNATTENDED = "/admin/editing-sessions/"
# Recovery codes are only a spare for one of these.
SECOND_FACTORS = ["totp", "webauthn"]
IDLE = 3600  # seconds
ABSOLUTE = 12 * 3600
NOTED_EVERY = 60
log = logging.getLogger("portal.security")
_SEEN = "staff_seen_at"


def can_enter_admin(user) -> bool:
    """Whether the user is active, and staff or has Wagtail's access permission."""
    entry = "wagtailadmin.access_admin"
    return user.is_active and (user.is_staff or entry in user.get_all_permissions())


def gave_second_factor(request: HttpRequest, user) -> bool:
    """Whether this session gave its second factor within 12 hours, and was used within one."""
    records = get_authentication_records(request, user)
    given = max((each["at"] for each in records if each["method"] == "mfa"), default=0.0)
    seen = max(given, request.session.get(_SEEN, 0.0))
    now = time.time()
    return now - given < ABSOLUTE and now - seen < IDLE


def note_given(sender, request: HttpRequest, **kwargs) -> None:
    """Turn permissions on for the rest of this request; receives allauth's signal."""
    if request.user.is_authenticated:
        request.user.permissions_wait = False


def count_set_up(sender, request: HttpRequest, user, authenticator, **kwargs) -> None:
    """Record that someone who has just set up a second factor gave it; allauth's signal."""
    if authenticator.type in SECOND_FACTORS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )


class RequireSecondFactorMiddleware:
    """Turns staff's permissions off until the session gives its second factor, and asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; ask where someone is refused who has staff's permissions."""
        path = request.path_info
        request.user = SimpleLazyObject(lambda: _user_of_session(request))  # type: ignore[assignment]
        confirmed_before = _confirmations(request)
        response = self.get_response(request)
        if _confirmations(request) > confirmed_before:
            _renew_session(request)
        if response.status_code in {403, 429}:
            # Who sends no session is not asked for one: the API's answers depend on no cookie.
            has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
            is_known = has_session and request.user.is_authenticated
            who = f"account {request.user.pk}" if is_known else "a visitor"
            log.warning("%s was refused %s %s", who, request.method, escape_uri_path(path))
        # What was posted is kept only if it came from a page of ours.
        is_ours = request.method == "GET" or getattr(request, "passed_csrf", False)
        refused = response.status_code in {403, 404} and is_ours
        if not refused or not path.startswith(STAFF_REACH) or path.startswith(BEHIND_A_TOKEN):
            return response
        return _ask(request) if getattr(request.user, "permissions_wait", False) else response

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Ask before the admin. Here, because what is posted has passed the CSRF check."""
        request.passed_csrf = True  # type: ignore[attr-defined]
        if not request.path_info.startswith(ADMIN_PATHS) or not request.user.is_authenticated:
            return None
        if not can_enter_admin(request.user):
            # Wagtail would redirect to the login page, and that page back again.
            raise PermissionDenied
        is_set_up = settings.DEBUG or is_mfa_enabled(request.user, types=SECOND_FACTORS)
        if not is_set_up or request.user.permissions_wait:
            return _ask(request)
        if request.method == "POST" and _must_be_confirmed(request):
            methods = get_adapter().get_reauthentication_methods(request.user)
            return suspend_request(request, methods[0]["url"])
        return None


def _confirmations(request: HttpRequest) -> float:
    """Return when they last confirmed who they are, on the pages for that; else 0."""
    if request.method != "POST" or not request.path_info.endswith(CONFIRMATION):
        return 0.0
    records = request.session.get("account_authentication_methods", [])
    return max((each["at"] for each in records if each.get("reauthenticated")), default=0.0)


def _renew_session(request: HttpRequest) -> None:
    """Give the session another key, as signing in does; what stole the old one ends here."""
    request.session.cycle_key()
    if request.user.is_authenticated:
        UserSession.objects.create_from_request(request)


def _must_be_confirmed(request: HttpRequest) -> bool:
    """Whether this is an act of consequence, and they proved who they are a while ago."""
    match = request.resolver_match
    concerned = request.path_info.startswith(settings.CONFIRMED_PATHS) or (
        match is not None and match.url_name in settings.CONFIRMED_VIEWS
    )
    try:
        return concerned and is_reauthentication_required(request, app="portal")
    except ReauthenticationRequired:
        return True


def _user_of_session(request: HttpRequest):
    """Return the user, and note at most once a minute that staff use this session."""
    user = get_user(request)
    if settings.DEBUG or not user.is_authenticated:
        return user
    if not gave_second_factor(request, user):
        user.permissions_wait = can_enter_admin(user)
    elif not request.path_info.startswith(UNATTENDED):
        now = time.time()
        if now - request.session.get(_SEEN, 0.0) > NOTED_EVERY:
            request.session[_SEEN] = now
    return user


def _ask(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that asks; what was posted is kept, and sent on from there."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not is_mfa_enabled(request.user, types=SECOND_FACTORS):
        text = "Set up an authenticator app or a passkey before you use staff pages."
        messages.warning(request, text)
        return redirect("mfa_index")
    messages.info(request, "Confirm that it’s you before you go on to staff pages.")
    return suspend_request(request, next(m["url"] for m in methods if m["id"].startswith("mfa")))
