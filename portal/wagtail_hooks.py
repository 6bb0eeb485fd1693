"""What staff find in the Wagtail admin about the site itself."""

from django.urls import include, path
from wagtail import hooks

from portal.mail import admin


@hooks.register("register_admin_viewset")
def mail_viewset() -> admin.MailViewSet:
    """The list of mails, for those who may view them."""
    return admin.MailViewSet("mail")


@hooks.register("register_log_actions")
def log_actions(actions) -> None:
    """What staff do with mails, by name."""
    actions.register_action("portal.mail_tried_again", "Try again", "Tried the mail again")


@hooks.register("register_admin_urls")
def mail_urls():
    """What belongs to the list: the catalogue, and trying a failed mail again."""
    patterns = [
        path("", admin.catalogue, name="catalogue"),
        path("<str:kind>/", admin.sample, name="sample"),
        path("<str:kind>/html/", admin.sample_html, name="sample_html"),
    ]
    return [
        path("mail/catalogue/", include((patterns, "mail_catalogue"))),
        path("mail/<int:pk>/try-again/", admin.try_again, name="mail_try_again"),
    ]
