"""The editors' house in the Wagtail admin: first page, reports, people, newsletters, moving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from campaign.addresses import slug_problem
from campaign.choosers import CouncilChooser, council_chooser
from campaign.desk import Desk
from campaign.figures import FigureChooser, figure_chooser
from campaign.forms import is_home
from campaign.people import Person
from campaign.supporters import staff
from campaign.views import guide
from campaign.views.reports import ContentReport, ReviewReport
from network.wagtail_hooks import ManagersMenuItem

register_snippet(staff.NewsletterViewSet)


class PeopleViewSet(SnippetViewSet):
    """The list and form of people whom pages show."""

    model = Person
    icon = "user"
    menu_label = "People shown"
    add_to_admin_menu = True
    menu_order = 450
    list_display = ["name", "role", "organisation", "as_at"]


register_snippet(PeopleViewSet)


@hooks.register("register_admin_viewset")
def councils_for_cards() -> CouncilChooser:
    """Register the chooser of councils."""
    return council_chooser


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


@hooks.register("register_admin_viewset")
def register_figure_chooser() -> FigureChooser:
    """Register the chooser of case studies' figures."""
    return figure_chooser


@hooks.register("register_admin_viewset")
def supporters() -> staff.SupporterViewSet:
    """Register the mailing list."""
    return staff.SupporterViewSet("supporters")


@hooks.register("register_admin_urls")
def staff_urls():
    """Return the pages of sending newsletters, and of whom people asked to join."""
    patterns = [
        path("newsletters/<int:pk>/", staff.sending, name="newsletter"),
        path("newsletters/<int:pk>/send/", staff.send, name="send_newsletter"),
        path("newsletters/<int:pk>/read/", staff.read, name="read_newsletter"),
        *staff.CouncilAsks.addresses("reports/asked-to-join/", "council_asks"),
    ]
    return [path("", include((patterns, "campaign_staff")))]


@hooks.register("register_reports_menu_item")
def asks_item() -> ManagersMenuItem:
    """Return the menu item of the councils that people asked to join."""
    address = reverse("campaign_staff:council_asks")
    return ManagersMenuItem("Asked to join", address, icon_name="site", order=60)


@hooks.register("register_log_actions")
def log_actions(actions) -> None:
    """Register the names of log entries about sending newsletters."""
    for status, done in {
        "sent": "Began to send",
        "paused": "Paused the sending",
        "sending": "Resumed the sending",
        "stopped": "Stopped the sending",
    }.items():
        actions.register_action(f"campaign.newsletter_{status}", done, done)


@hooks.register("register_admin_urls")
def report_urls():
    """Add the reports beside Wagtail's own."""
    return [
        path("reports/content/", ContentReport.as_view(), name="content_report"),
        path(
            "reports/content/results/",
            ContentReport.as_view(results_only=True),
            name="content_report_results",
        ),
        path("reports/reviews/", ReviewReport.as_view(), name="reviews_report"),
        path(
            "reports/reviews/results/",
            ReviewReport.as_view(results_only=True),
            name="reviews_report_results",
        ),
        path("guide/", guide.guide, name="editors_guide"),
        path("guide/pictures/<slug:stem>.webp", guide.picture, name="editors_guide_picture"),
    ]


@hooks.register("insert_global_admin_css")
def guide_styles() -> SafeString:
    """Add the guide's stylesheet, because the admin's policy forbids inline styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("campaign/admin.css"))


@hooks.register("register_help_menu_item")
def guide_item() -> MenuItem:
    """Put our guide first in the help menu."""
    return MenuItem(
        "Editors’ guide", reverse("editors_guide"), name="our-guide", icon_name="help", order=10
    )


@hooks.register("construct_help_menu")
def leave_our_guide_alone(request: HttpRequest, items: list[MenuItem]) -> None:
    """Drop Wagtail's links to its own site: its news and guide are of no use to our editors."""
    items[:] = [
        item for item in items if "wagtail" not in item.name and item.name != "editor-guide"
    ]


class EditorsMenuItem(MenuItem):
    """A menu item for those who have a page to look after."""

    def is_shown(self, request) -> bool:
        """Return whether they have."""
        return user_has_any_page_permission(request.user)


@hooks.register("register_reports_menu_item")
def content_item() -> EditorsMenuItem:
    """Add the report of what to look at."""
    return EditorsMenuItem("Content checks", reverse("content_report"), icon_name="tasks", order=60)


@hooks.register("register_reports_menu_item")
def reviews_item() -> EditorsMenuItem:
    """Add the report of what to check again."""
    address = reverse("reviews_report")
    return EditorsMenuItem("Pages to check again", address, icon_name="calendar-check", order=70)


@hooks.register("construct_homepage_panels")
def show_desk(request: HttpRequest, panels: list[Component]) -> None:
    """Show editors what waits for them, before what Wagtail shows."""
    if user_has_any_page_permission(request.user):
        panels.append(Desk())
