"""The calculator, as a page and alone in a frame. Nothing typed is stored or logged."""

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods

from multiplier.answers import answer
from multiplier.examples import EXAMPLE
from multiplier.forms import CalculatorForm
from portal.origin import same_site_post


@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator's page: empty, with an answer, or with what is wrong."""
    return _calculator(request, "multiplier/calculator.html")


@same_site_post
@xframe_options_exempt
@csp_replace({"frame-ancestors": settings.EMBED_ANCESTORS})
@require_http_methods(["GET", "HEAD", "POST"])
def embed_v1(request: HttpRequest) -> HttpResponse:
    """The same, for a frame on any site that settings.EMBED_ANCESTORS lets in."""
    return _calculator(request, "multiplier/embed_v1.html")


def _calculator(request: HttpRequest, template: str) -> HttpResponse:
    form = CalculatorForm(request.POST if request.method == "POST" else None)
    valid = form.is_valid()
    context = {
        "form": form,
        "answer": answer(form.result, form.blanks) if valid else None,
        "example": EXAMPLE,
        "section": "multiplier",
    }
    return render(request, template, context)
