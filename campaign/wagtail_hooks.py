"""Check of the address when an editor moves a page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page

from campaign.addresses import slug_problem
from campaign.forms import is_home


@hooks.register("before_move_page")
def refuse_reserved_address(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """Redirect with an error if a page would move to a reserved address."""
    why = slug_problem(page.slug)
    if not why or not is_home(destination):
        return None
    messages.error(request, why)
    return redirect("wagtailadmin_explore", page.get_parent().pk)
