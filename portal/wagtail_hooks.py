"""The list of emails and what works in the Wagtail admin, and the policy of the userbar."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal import health
from portal.mail import admin
from portal.security.policy import note_userbar

hooks.register("construct_wagtail_userbar", note_userbar)


@hooks.register("register_admin_viewset")
def mail_viewset() -> admin.MailViewSet:
    """Register the list of emails, for users with permission to view them."""
    return admin.MailViewSet("mail")


@hooks.register("register_log_actions")
def log_actions(actions) -> None:
    """Register the name of the log entry for a retried email."""
    actions.register_action("portal.mail_tried_again", "Try again", "Tried the mail again")


@hooks.register("register_admin_urls")
def admin_urls():
    """Register the addresses of the catalogue, of retrying an email, and of what works."""
    patterns = [
        path("", admin.catalogue, name="catalogue"),
        path("<str:kind>/", admin.sample, name="sample"),
        path("<str:kind>/html/", admin.sample_html, name="sample_html"),
    ]
    return [
        path("mail/catalogue/", include((patterns, "mail_catalogue"))),
        path("mail/<int:pk>/try-again/", admin.try_again, name="mail_try_again"),
        path("reports/health/", health.for_staff, name="health"),
    ]


@hooks.register("register_reports_menu_item")
def health_item() -> MenuItem:
    """Add what works and what does not to the menu."""
    return MenuItem("What works", reverse("health"), icon_name="tick", order=950)


@hooks.register("construct_homepage_panels")
def add_health_panel(request: HttpRequest, panels: list) -> None:
    """Show staff at once that something does not work, and what to do."""
    panels.append(health.HealthPanel())
