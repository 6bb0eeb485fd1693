"""The page about open data, at /data/."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casestudies.api import FILES
from portal.page_cache import kept


@kept()
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show which files there are, and what their columns hold."""
    columns = {name.replace("-", "_"): file[0].items() for name, file in FILES.items()}
    return render(request, "casestudies/open_data.html", {"columns": columns})
