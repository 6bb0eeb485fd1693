"""The calculator, as a page (in a frame: embedding.py). Nothing typed is stored or logged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from multiplier.answers import answer
from multiplier.examples import EXAMPLE
from multiplier.forms import CalculatorForm
from portal.origin import same_site_post


@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator's page: empty, with an answer, or with what is wrong."""
    form = CalculatorForm(request.POST if request.method == "POST" else None)
    valid = form.is_valid()
    context = {
        "form": form,
        "answer": answer(form.result, form.blanks) if valid else None,
        "example": EXAMPLE,
        "section": "multiplier",
    }
    return render(request, "multiplier/calculator.html", context)
