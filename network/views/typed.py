"""What was typed when the session had ended: kept until one is signed in again."""

import time
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict

_KEY = "typed"
LASTS = 24 * 3600
MOST = 64 * 1024


def login_required_keeping_typed(view: Callable[..., HttpResponseBase]):
    """Like `login_required`; a POST that comes too late waits in the session."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            _keep(request)
        return redirect_to_login(request.get_full_path())

    return guarded


def _keep(request: HttpRequest) -> None:
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    body = data.urlencode()
    if len(body) <= MOST:
        request.session[_KEY] = {"path": request.path, "body": body, "at": time.time()}


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed on this very page before the session ended; reading leaves it there."""
    typed = request.session.get(_KEY, {})
    if typed.get("path") != request.path or time.time() - typed["at"] > LASTS:
        return None
    return QueryDict(typed["body"])


def forget(request: HttpRequest) -> None:
    """It is saved now."""
    request.session.pop(_KEY, None)
