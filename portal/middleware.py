"""Middleware for NUL bytes, 404 pages and search engines; a transaction for admin views."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found
from wagtail.admin import messages
from wagtail.models import Page, Site

from portal.context import site_operator

_READING = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponseBase]


class NoIndexMiddleware:
    """Keep every page and file out of search engines until someone says who runs the site.

    First of all, so that files sent by other middleware have the header too. Frames, answers
    of the API and health checks always have it and ask no database.
    """

    _NEVER = ("/api/", "/embed/", "/healthz", "/readyz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.operator = SimpleLazyObject(site_operator)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.path_info.startswith(self._NEVER) or not request.operator.is_known:  # type: ignore[attr-defined]
            response["X-Robots-Tag"] = "noindex"
        return response


class SmallLettersMiddleware:
    """Redirect an address with capitals that is not found to the one in small letters.

    The query string stays as it is. Addresses of the admin, of accounts, sign-ups, emailed
    links and files are left alone.
    """

    _EXCEPT: tuple[str, ...] = ("/accounts/", "/admin/", "/api/", "/django-admin/", "/documents/")
    _EXCEPT += ("/endorse/", "/join/", "/media/", "/my/", "/static/", "/supporters/link/")
    _EXCEPT += ("/case-studies/still-true/",)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        path = request.path_info.lower()
        is_lost = response.status_code == 404 and request.method in {"GET", "HEAD"}
        if not is_lost or path == request.path_info:
            return response
        if path.startswith(self._EXCEPT) and path not in self._EXCEPT:
            return response
        if not self._leads_somewhere(request, path):
            return response
        query = request.META.get("QUERY_STRING")
        return HttpResponsePermanentRedirect(iri_to_uri(path) + (f"?{query}" if query else ""))

    def _leads_somewhere(self, request: HttpRequest, path: str) -> bool:
        """Return whether a view or a published page has this path."""
        try:
            name = resolve(path).url_name
        except Resolver404:
            return False
        if name != "wagtail_serve":
            return True
        site = Site.find_for_request(request)
        root = site.root_page.url_path.rstrip("/") if site else ""
        return Page.objects.live().filter(url_path=root + path).exists()


class NoNulMiddleware:
    """Keep NUL bytes away from PostgreSQL, which accepts none in text.

    Cookies with a NUL are ignored, because Python reads `"\\000"` in any cookie as one. A
    path with a NUL is not found and a header with one is refused. Forms check their own fields.
    Too many parameters are refused here too, because DEBUG's page about them reads them again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if "\0" in request.path_info:
            raise Http404
        if any("\0" in text for text in request.headers.values()):
            return HttpResponseBadRequest("A header holds a NUL byte.", content_type="text/plain")
        if (
            request.META.get("QUERY_STRING", "").count("&")
            >= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        ):
            return HttpResponseBadRequest("Too many parameters.", content_type="text/plain")
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if "\0" not in name + value
        }
        return self.get_response(request)


class OwnNotFoundMiddleware:
    """Show the site's 404 page in DEBUG too, where Django would list its URL patterns."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return our 404 page for a view's Http404 in DEBUG, else None."""
        if settings.DEBUG and isinstance(problem, Http404):
            return page_not_found(request, problem)
        return None


def in_one_transaction(view: View) -> View:
    """Run a view's unsafe requests in one transaction, as ATOMIC_REQUESTS would.

    Wagtail saves a page first and sends its signals afterwards, mostly outside a transaction.
    A crash between the two would leave a withdrawn page in search (DESIGN 5, point 6).

    A draft may be incomplete, and Wagtail has no form that says so where it publishes drafts in
    bulk or approves one from a list. Then nothing is changed, and a message says why.
    """

    @wraps(view)
    def whole(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method in _READING:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except ValidationError as problem:
            return _incomplete(request, problem)

    return whole


def _incomplete(request: HttpRequest, problem: ValidationError) -> HttpResponseBase:
    """Say which draft is not complete and what it lacks, on the page the request came from."""
    found = getattr(problem, "error_dict", {None: [problem]})
    parts = [
        (f"{field}: " if field else "") + " ".join(ValidationError(errors).messages)
        for field, errors in found.items()
    ]
    page = getattr(problem, "page", None)
    draft = f"the draft “{page.get_admin_display_title()}”" if page else "a draft"
    edit = page and reverse("wagtailadmin_pages:edit", args=[page.pk])
    messages.error(
        request,
        f"Nothing was changed, because {draft} is not complete yet. Open it and select “Publish” "
        f"to see what is missing. {' '.join(parts)}",
        buttons=[messages.button(edit, "Open the draft")] if edit else None,
    )
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        came_from = reverse("wagtailadmin_home")
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":  # a dialog of Wagtail's
        return JsonResponse({"step": "success", "redirect": came_from})
    return redirect(came_from)
