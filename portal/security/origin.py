"""Origin checks for forms without a CSRF token, which work without cookies.

Browsers say where a POST comes from, in headers that a page cannot forge. A POST from another
site's page is refused. One without any of these headers comes from a script, or from an old
browser with its headers removed, and uses no one's session.
"""

from collections.abc import Callable
from functools import partial, wraps
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

_OWN_FETCHES = {"same-origin", "none"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponseBase]


def is_same_origin(request: HttpRequest, *, null_says_nothing: bool = False) -> bool:
    """Whether this request comes from one of our pages, as far as the browser says.

    Reads Sec-Fetch-Site (sent by every browser since 2023, over https and on localhost), else
    Origin, else Referer. Without any of them the answer is yes.

    Args:
        request: The request to judge.
        null_says_nothing: Ignore an Origin of "null". Older browsers send it from a page whose
            Referrer-Policy is no-referrer.
    """
    if fetched := request.headers.get("Sec-Fetch-Site"):
        return fetched in _OWN_FETCHES
    origin = request.headers.get("Origin")
    if origin and not (null_says_nothing and origin == "null"):
        return origin == _own_origin(request)
    if referrer := request.headers.get("Referer"):
        parts = urlsplit(referrer)
        return f"{parts.scheme}://{parts.netloc}" == _own_origin(request)
    return True


def _own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def same_site_post(view: View, *, null_says_nothing: bool = False) -> View:
    """Accept POSTs without a CSRF token, but only from our own pages; otherwise answer 403.

    The view must not use the session or the signed-in user.

    Args:
        view: The view to wrap.
        null_says_nothing: See `is_same_origin`.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        is_ours = is_same_origin(request, null_says_nothing=null_says_nothing)
        if request.method not in _SAFE_METHODS and not is_ours:
            raise PermissionDenied("This form was sent from another site.")
        return view(request, *args, **kwargs)

    return checked


# For forms whose address holds a token: no other site can know it, so "null" is safe.
posted_behind_a_token = partial(same_site_post, null_says_nothing=True)
