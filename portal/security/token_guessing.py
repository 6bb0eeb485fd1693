"""Pages behind emailed tokens: private whatever they answer, and guessing is rate limited.

Counts by account if someone is signed in, so that a council behind one proxy does not share a
limit; otherwise by IP address.
"""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from portal.security.rate_limits import allow, is_spent

ACCOUNT = "/accounts/"
BEHIND_A_TOKEN = (
    "/case-studies/still-true/",
    "/endorse/",
    "/join/invited/",
    "/my/claim/",
    "/my/emails/stop/",
    "/my/question/",
    "/supporters/link/",
)
LIMIT = {"times": 30, "seconds": 3600}


class PrivateLinksMiddleware:
    """Stops caching, referrers and indexing of every answer behind a token, errors included.

    Pages of accounts are not kept either: they show codes, addresses and sessions.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(ACCOUNT):
            patch_cache_control(response, no_store=True, private=True)
        if request.path_info.lower().startswith(BEHIND_A_TOKEN):
            patch_cache_control(response, no_store=True, private=True)
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex"
        return response


class TokenGuessingMiddleware:
    """Answers 429 to every link, right or wrong, after 30 wrong ones in an hour."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.lower().startswith(BEHIND_A_TOKEN):
            return self.get_response(request)
        who = who_asks(request)
        if is_spent("guess", who, **LIMIT):
            return render(request, "429.html", status=429)
        response = self.get_response(request)
        if response.status_code == 404:
            allow("guess", who, **LIMIT)
        return response


def who_asks(request: HttpRequest) -> str:
    """Return who is counted: the account, or else the IP address."""
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    try:
        return f"address {get_adapter().get_client_ip(request)}"
    except PermissionDenied:  # the proxy does not send the client's address
        return "address unknown"
