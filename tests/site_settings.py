"""portal/settings.py for the site of the browser journeys while `make test` measures coverage."""

import sys
import threading

from portal.settings import *  # noqa: F403


def measured(get_response):
    """Trace the thread of this request: the web server's are not Python's own, so nothing did."""

    def middleware(request):
        if sys.gettrace() is None:
            sys.settrace(threading.gettrace())
        return get_response(request)

    return middleware


MIDDLEWARE = ["tests.site_settings.measured", *MIDDLEWARE]  # noqa: F405
