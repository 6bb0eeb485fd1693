"""Bare Django view without middleware, which kept pages are measured against (`make bench`).

It answers with the bytes of the file that BARE_FILE names.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = Path(os.environ["BARE_FILE"]).read_bytes()

settings.configure(
    ALLOWED_HOSTS=["*"], SECRET_KEY="bare", ROOT_URLCONF=__name__, MIDDLEWARE=[], USE_TZ=True
)


def view(request: HttpRequest) -> HttpResponse:
    """Answer with the bytes."""
    return HttpResponse(BODY, headers={"Content-Encoding": "gzip"})


urlpatterns = [path("", view)]
application = get_wsgi_application()
