"""What was typed is there again after signing in, when the session ended in between.

A form for somebody who is signed in carries a mark: who it was shown to, signed. When it comes
back without a session, what was typed waits in the cache for an hour, for this person and this
address only; once they have signed in, the form shows it. Nothing is saved until they press
Save. Nobody else is shown it, not in the same browser either, and no cookie knows of it.
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

from portal.security.origin import is_same_origin
from portal.security.rate_limits import allow

MARK = "typed_by"  # the hidden field's name; templates/components/own_form.html
KEPT_FOR = 60 * 60
LARGEST = 200_000  # signs
_SALT = "typed-again"
_MARK_HOLDS = 14 * 24 * 3600
_NEVER_KEPT = {MARK, "csrfmiddlewaretoken", "password"}
_shown: ContextVar[QueryDict | None] = ContextVar("typed_again", default=None)

WAITS = (
    "You were signed out before this could be saved. Sign in again within an hour, with the same "
    "address, and what you typed is there again."
)
LOST = "You were signed out before this could be saved, and it was too much to keep for you."
BACK = "This is what you typed before. It is not saved yet: check it and send it again."


def mark_of(user) -> str:
    """Who a form is shown to, so that only they get back what they typed."""
    return signing.dumps(user.pk, salt=_SALT) if user.is_authenticated else ""


def shown_again() -> QueryDict | None:
    """What the person who is being answered typed here before; for unbound fields."""
    return _shown.get()


class TypedAgainMiddleware:
    """Keeps what comes back without a session; shows it to whom it belongs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._with_what_was_typed(request)
        response = self.get_response(request)
        if not request.user.is_authenticated:
            if _leads_to_login(response):
                keep(request)
        elif isinstance(response, HttpResponseRedirect):
            _forget(request)
        return response

    def _with_what_was_typed(self, request: HttpRequest) -> HttpResponse:
        typed = _recalled(request)
        if typed is None:
            return self.get_response(request)
        messages.warning(request, BACK)
        mark = _shown.set(typed)
        try:
            return self.get_response(request)
        finally:
            _shown.reset(mark)


def _recalled(request: HttpRequest) -> QueryDict | None:
    """Looked for only where the login has just led back: it costs other pages no query."""
    if request.method != "GET" or not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return None
    if request.session.get(MARK) != request.path or not request.user.is_authenticated:
        return None
    kept = cache.get(_key(request.user.pk or 0, request.path))
    return QueryDict(kept) if kept else None


def _forget(request: HttpRequest) -> None:
    """It went where it was to go."""
    is_ours = request.session.get(MARK) == request.path
    if is_ours and not getattr(request, "typed_is_kept", False):
        cache.delete(_key(request.user.pk or 0, request.path))
        del request.session[MARK]


def keep(request: HttpRequest) -> None:
    """Keep what was typed for the person to whom the form was shown, and say so."""
    if MARK not in request.POST:
        return
    owner = _owner(request.POST[MARK])
    if owner is None or not allow("typed", str(owner), times=60, seconds=3600):
        return
    typed = request.POST.copy()
    for name in _NEVER_KEPT & set(typed):
        del typed[name]
    text = typed.urlencode()
    if len(text) > LARGEST:
        messages.warning(request, LOST)
        return
    cache.set(_key(owner, request.path), text, timeout=KEPT_FOR)
    request.session[MARK] = request.path
    request.typed_is_kept = True  # type: ignore[attr-defined]
    messages.warning(request, WAITS)


def _owner(mark: str) -> int | None:
    try:
        return int(signing.loads(mark, salt=_SALT, max_age=_MARK_HOLDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _key(owner: int, path: str) -> str:
    return f"typed:{owner}:{hashlib.sha256(path.encode()).hexdigest()[:40]}"


def _leads_to_login(response: HttpResponse) -> bool:
    return isinstance(response, HttpResponseRedirect) and urlsplit(
        response.url
    ).path == resolve_url(settings.LOGIN_URL)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than the last signing in, or came without cookies: shown once more
    with what was typed, when the browser says that it is ours. Else 403."""
    owner = _owner(request.POST.get(MARK, ""))
    if owner is not None and is_same_origin(request):
        keep(request)
        return redirect(request.get_full_path())
    return render(request, "403.html", status=403)
