"""What editors may not do by moving a page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page

from campaign.addresses import refusal
from campaign.forms import is_home


@hooks.register("before_move_page")
def refuse_reserved_address(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """A page that is moved below the home page obeys the same rule as a new one."""
    why = refusal(page.slug)
    if not why or not is_home(destination):
        return None
    messages.error(request, why)
    return redirect("wagtailadmin_explore", page.get_parent().pk)
