"""The register in the Wagtail admin: councils are looked at, their other names kept."""

from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from councils import register
from councils.models import Council, CouncilAlias, CouncilDomain


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Councils are looked at here, by those who may view them, and changed by nobody.

    Names, addresses and codes are the register's: the next `load_councils` would undo
    what somebody wrote, and a council made by hand has no key to be known by.
    """

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        if "view" not in actions:
            return self.users_with_permission("view").none()
        return super().users_with_any_permission(["view"])


register_permission_policy(Council, ReadOnlyPolicy(Council))


class CouncilViewSet(ModelViewSet):
    """The register; what it says of a council comes by `load_councils`."""

    model = Council
    icon = "home"
    form_fields = ["name"]  # Wagtail wants a form; nobody gets to see it
    list_display = ["name", "kind", "region", "gss_code", "ended_on"]
    list_filter = ["kind", "region"]
    search_fields = ["name", "official_name", "gss_code", "aliases__name"]
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields = [
        "key",
        *register.TEXTS,
        "upper_tier",
        *register.NUMBERS,
        *register.DATES,
        "aliases",
        "domains",
    ]

    def get_permissions_to_register(self):
        """Of the rights that groups can be given, only the one that means something."""
        return super().get_permissions_to_register().filter(codename="view_council")


class WritesAlias:
    """An alias is written so that search hears of it."""

    def save_instance(self):
        alias = self.form.instance
        return register.write_alias(alias, super().save_instance)


class AddAlias(WritesAlias, generic.CreateView):
    """A new other name."""


class EditAlias(WritesAlias, generic.EditView):
    """Another other name, or of another council."""


class DeleteAlias(generic.DeleteView):
    """A name that nobody uses."""

    def delete_action(self):
        register.write_alias(self.object, super().delete_action)


class AliasViewSet(ModelViewSet):
    """Other names of councils."""

    model = CouncilAlias
    icon = "tag"
    add_view_class = AddAlias
    edit_view_class = EditAlias
    delete_view_class = DeleteAlias
    form_fields = ["council", "name"]
    list_display = ["name", "council"]
    search_fields = ["name", "council__name"]


class DomainViewSet(ModelViewSet):
    """Which mail domain belongs to which council: a change needs no deploy."""

    model = CouncilDomain
    icon = "mail"
    form_fields = ["council", "domain", "kind", "evidence"]
    list_display = ["domain", "council", "kind", "evidence"]
    search_fields = ["domain", "council__name"]


# Network's hooks show these in one menu with the pre-election periods.
REGISTER = (CouncilViewSet("councils"), AliasViewSet("aliases"), DomainViewSet("domains"))
