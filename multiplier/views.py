"""The calculator, as a page (in a frame: embedding.py). Nothing typed is stored or logged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from multiplier import filled
from multiplier.answers import answer
from multiplier.examples import EXAMPLE
from multiplier.pictures import pictures
from multiplier.sent import form_of
from portal.origin import same_site_post


@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator's page: empty, with an answer, or with what is wrong."""
    form = form_of(request)
    valid = form.is_valid()
    asked = {"form": form, "action": reverse("multiplier:calculator"), "fuller": True}
    context = {
        "form": form,
        "form_html": filled.render("multiplier/_form.html", asked, form),
        "answer": answer(form.result, form.origins) if valid else None,
        "pictures": pictures(form) if valid else None,
        "example": EXAMPLE,
        "section": "multiplier",
    }
    return render(request, "multiplier/calculator.html", context)
