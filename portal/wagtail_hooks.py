"""What staff find in the Wagtail admin about the site itself."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from portal.models import OutboxMessage


class ViewOnlyPolicy(ModelPermissionPolicy):
    """Nobody may do more than view: not a superuser, whom Django allows everything."""

    def user_has_permission(self, user, action) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        viewers = super().users_with_any_permission(["view"])
        return viewers if "view" in actions else viewers.none()


register_permission_policy(OutboxMessage, ViewOnlyPolicy(OutboxMessage))


class MailViewSet(ModelViewSet):
    """Every mail that was to be sent, and how that went. Read only: no text is stored."""

    model = OutboxMessage
    icon = "mail"
    menu_label = "Mail"
    menu_order = 800
    add_to_admin_menu = True
    inspect_view_enabled = True
    form_fields = ["kind"]  # a viewset wants a form; the policy lets nobody use it
    list_display = ["kind", "to", "status", "attempts", "last_error", "created_at", "sent_at"]
    list_filter = ["status", "kind"]
    search_fields = ["to", "kind"]
    search_backend_name = None


@hooks.register("register_admin_viewset")
def mail_viewset() -> MailViewSet:
    """The list of mails, for those who may view them."""
    return MailViewSet("mail")
