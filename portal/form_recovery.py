"""Recovery of unsaved form input after a session expires.

A form for a signed-in user carries a mark: the user it was shown to, signed. If it is posted
without a session, the input waits in the cache for an hour, for this user and this path only.
Once they have signed in, the form shows it. Nothing is saved until they submit the form again.
No one else sees the input, even in the same browser, and no cookie holds it.
"""

import hashlib
from contextvars import ContextVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from portal.security.origin import is_same_origin
from portal.security.rate_limits import allow
from portal.security.token_guessing import ACCOUNT

MARK = "typed_by"  # the hidden field's name; templates/components/own_form.html
KEPT_FOR = 60 * 60
LARGEST = 200_000  # characters
_SALT = "typed-again"
_MARK_HOLDS = 14 * 24 * 3600
_NEVER_KEPT = {MARK, "csrfmiddlewaretoken", "password"}
_shown: ContextVar[QueryDict | None] = ContextVar("typed_again", default=None)

WAITS = (
    "You were signed out before this could be saved. Sign in again within an hour, with the same "
    "address, and what you typed is there again."
)
NOT_DONE = "You were signed out, so nothing was done. Sign in, then try again."
LOST = "You were signed out before this could be saved, and it was too much to keep for you."
BACK = "This is what you entered before. It is not saved yet. Check it and send it again."


def mark_of(user) -> str:
    """Return the signed mark of the user a form is shown to; "" if no one is signed in."""
    return signing.dumps(user.pk, salt=_SALT) if user.is_authenticated else ""


def shown_again() -> QueryDict | None:
    """Return the recovered input of this request, for unbound fields; None if there is none."""
    return _shown.get()


class FormRecoveryMiddleware:
    """Keeps input posted without a session, and shows it to its owner after signing in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return self._post(request)
        typed = _recovered(request)
        if typed is None:
            return self.get_response(request)
        messages.warning(request, BACK)
        token = _shown.set(typed)
        try:
            return self.get_response(request)
        finally:
            _shown.reset(token)

    def _post(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_signed_in = request.user.is_authenticated
        if not isinstance(response, HttpResponseRedirect):
            return response
        if not is_signed_in:
            pages = {resolve_url(settings.LOGIN_URL), resolve_url(settings.WAGTAILADMIN_LOGIN_URL)}
            is_signing_in = request.path_info.startswith(ACCOUNT)  # it knows where it leads
            if urlsplit(response.url).path in pages and not (keep(request) or is_signing_in):
                _lead_back(request, response)
        elif request.session.get(MARK) == request.path and not hasattr(request, "typed_is_kept"):
            cache.delete(_key(request.user.pk or 0, request.path))  # the form was accepted
            del request.session[MARK]
        return response


def _recovered(request: HttpRequest) -> QueryDict | None:
    """Return the kept input; looks only after a sign-in that led here, to save queries."""
    if request.method != "GET" or not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return None
    if request.session.get(MARK) != request.path or not request.user.is_authenticated:
        return None
    kept = cache.get(_key(request.user.pk or 0, request.path))
    return QueryDict(kept) if kept else None


def keep(request: HttpRequest) -> bool:
    """Keep the posted input for the user the form was shown to, and add a message saying so.

    Returns False and does nothing without a valid mark, or after 60 forms of one user within
    an hour.
    """
    if MARK not in request.POST:
        return False
    owner = _owner(request.POST[MARK])
    if owner is None or not allow("typed", str(owner), times=60, seconds=3600):
        return False
    typed = request.POST.copy()
    for name in _NEVER_KEPT & set(typed):
        del typed[name]
    text = typed.urlencode()
    if len(text) > LARGEST:
        messages.warning(request, LOST)
        return True
    cache.set(_key(owner, request.path), text, timeout=KEPT_FOR)
    request.session[MARK] = request.path
    request.typed_is_kept = True  # type: ignore[attr-defined]
    messages.warning(request, WAITS)
    return True


def _lead_back(request: HttpRequest, response: HttpResponseRedirect) -> None:
    """Lead from the sign-in to the page that had the form, because not every form has its own."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        page = urlsplit(came_from)
        onward = page.path + (f"?{page.query}" if page.query else "")
        response["Location"] = f"{urlsplit(response.url).path}?{urlencode({'next': onward})}"
        messages.warning(request, NOT_DONE)


def _owner(mark: str) -> int | None:
    try:
        return int(signing.loads(mark, salt=_SALT, max_age=_MARK_HOLDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _key(owner: int, path: str) -> str:
    return f"typed:{owner}:{hashlib.sha256(path.encode()).hexdigest()[:40]}"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form again with its input if its CSRF token is missing or out of date.

    That happens to a form from before the last sign-in, or one sent without cookies. The mark
    must be valid and the browser must say the form is ours, else the answer is 403.
    """
    owner = _owner(request.POST.get(MARK, ""))
    if owner is not None and is_same_origin(request):
        keep(request)
        return redirect(request.get_full_path())
    return render(request, "403.html", status=403)
