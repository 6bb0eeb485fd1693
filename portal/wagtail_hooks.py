"""The list of emails and what works in the admin, the userbar's policy, links to documents."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.documents.rich_text import DocumentLinkHandler

from portal import health
from portal.jobs import clock
from portal.mail import admin
from portal.security.policy import note_userbar
from portal.templatetags.documents import kind_and_size

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
        path("reports/clock/", clock.for_staff, name="clock"),
    ]


@hooks.register("register_reports_menu_item")
def health_item() -> MenuItem:
    """Add what works and what does not to the menu."""
    return MenuItem("What works", reverse("health"), icon_name="tick", order=950)


@hooks.register("register_reports_menu_item")
def clock_item() -> MenuItem:
    """Add what runs by itself to the menu."""
    return MenuItem("What runs by itself", reverse("clock"), icon_name="history", order=960)


@hooks.register("construct_homepage_panels")
def add_health_panel(request: HttpRequest, panels: list) -> None:
    """Show staff at once that something does not work, and what to do."""
    panels.append(health.HealthPanel(also=clock.failing))


class FileLinkHandler(DocumentLinkHandler):
    """Links to documents in rich text, which say their kind and size (`with_files_named`)."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        """Return the opening tags."""
        return [
            format_html('<a data-file="{}" href="{}">', kind_and_size(document), document.url)
            if document
            else "<a>"
            for document in cls.get_many(attrs_list)
        ]


@hooks.register("register_rich_text_features", order=10)
def name_files(features) -> None:
    """Register the links after Wagtail's own."""
    features.register_link_type(FileLinkHandler)
