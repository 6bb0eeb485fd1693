"""Register in the Wagtail admin: councils to view, aliases and domains to edit."""

from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from councils import register
from councils.models import Council, CouncilAlias, CouncilDomain


class ReadOnlyPolicy(ModelPermissionPolicy):
    """A policy that lets no one change councils here.

    The next `load_councils` would undo a change, and a council made by hand has no key.
    """

    def user_has_permission(self, user, action):
        """Whether the action is to view, and the user has permission for it."""
        return action == "view" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        """Return the users who can view councils, or none for other actions."""
        if "view" not in actions:
            return self.users_with_permission("view").none()
        return super().users_with_any_permission(["view"])


register_permission_policy(Council, ReadOnlyPolicy(Council))


class CouncilListView(generic.IndexView):
    """The list of councils."""

    def search_queryset(self, queryset):
        """Return each council once, although several of its names may match."""
        return super().search_queryset(queryset).distinct()


class CouncilViewSet(ModelViewSet):
    """The councils, read only; `load_councils` changes them."""

    model = Council
    index_view_class = CouncilListView
    icon = "home"
    form_fields = ["name"]  # Wagtail needs a form, although no one sees it
    list_display = ["name", "kind", "region", "gss_code", "ended_on"]
    list_filter = ["kind", "region"]
    search_fields = ["name", "official_name", "gss_code", "aliases__name"]
    inspect_view_enabled = True
    inspect_template_name = "councils/inspect.html"
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
        """Return only the permission to view, because the others have no effect."""
        return super().get_permissions_to_register().filter(codename="view_council")


class AliasSaveMixin:
    """Saving of an alias by `register.write_alias`, so that search is updated."""

    def save_instance(self):
        """Save the form's alias and return it."""
        return register.write_alias(self.form.instance, super().save_instance)


class AddAlias(AliasSaveMixin, generic.CreateView):
    """Add an alias."""


class EditAlias(AliasSaveMixin, generic.EditView):
    """Edit an alias, or move it to another council."""


class DeleteAlias(generic.DeleteView):
    """Delete an alias."""

    def delete_action(self):
        """Delete the alias and update search."""
        register.write_alias(self.object, super().delete_action)


class AliasViewSet(ModelViewSet):
    """Aliases of councils."""

    model = CouncilAlias
    icon = "tag"
    add_view_class = AddAlias
    edit_view_class = EditAlias
    delete_view_class = DeleteAlias
    form_fields = ["council", "name"]
    list_display = ["name", "council"]
    search_fields = ["name", "council__name"]


class DomainViewSet(ModelViewSet):
    """Email domains of councils, which staff can change without a release."""

    model = CouncilDomain
    icon = "mail"
    form_fields = ["council", "domain", "kind", "evidence"]
    list_display = ["domain", "council", "kind", "evidence"]
    search_fields = ["domain", "council__name"]


# The network app's hooks show these in one menu with the pre-election periods.
REGISTER = (CouncilViewSet("councils"), AliasViewSet("aliases"), DomainViewSet("domains"))
