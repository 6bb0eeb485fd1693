"""The list of emails in the Wagtail admin, and the policy of pages with the userbar."""

from django.urls import include, path
from wagtail import hooks

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
def mail_urls():
    """Register the addresses of the catalogue and of retrying a failed email."""
    patterns = [
        path("", admin.catalogue, name="catalogue"),
        path("<str:kind>/", admin.sample, name="sample"),
        path("<str:kind>/html/", admin.sample_html, name="sample_html"),
    ]
    return [
        path("mail/catalogue/", include((patterns, "mail_catalogue"))),
        path("mail/<int:pk>/try-again/", admin.try_again, name="mail_try_again"),
    ]
