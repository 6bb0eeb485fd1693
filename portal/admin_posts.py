"""What staff do in Wagtail's admin happens whole or not at all."""

from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

_READING = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponseBase]


def in_one_transaction(view: View) -> View:
    """As ATOMIC_REQUESTS would, for one view and for what is no mere reading.

    Wagtail saves a page first and sends its signals afterwards, mostly in no transaction.
    A crash between the two would leave a withdrawn page in search (DESIGN 5, point 6).
    """

    @wraps(view)
    def whole(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method in _READING:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return whole
