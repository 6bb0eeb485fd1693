"""What staff find in the Wagtail admin."""

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from network import permissions
from network.models import Council, CouncilAlias, CouncilDomain
from network.views import reviewing


@hooks.register("register_admin_urls")
def review_urls():
    """The queue and its pages, under /admin/sign-ups/."""
    patterns = [
        path("", reviewing.queue, name="queue"),
        path("wording/approve/", reviewing.approve_wording, name="approve_wording"),
        path("<str:reference>/", reviewing.sign_up, name="sign_up"),
        path("<str:reference>/take-on/", reviewing.take_on, name="take_on"),
        path("<str:reference>/accept/", reviewing.accept, name="accept"),
        path("<str:reference>/decline/", reviewing.decline, name="decline"),
    ]
    return [path("sign-ups/", include((patterns, "network_review")))]


@hooks.register("insert_global_admin_css")
def review_styles() -> SafeString:
    """The few styles of the review pages: the admin's rules allow no inline ones."""
    return format_html('<link rel="stylesheet" href="{}">', static("network/admin.css"))


class SignUpsMenuItem(MenuItem):
    """Shown to network managers only."""

    def is_shown(self, request) -> bool:
        return permissions.can_review(request.user)


@hooks.register("register_admin_menu_item")
def sign_ups_item():
    """The queue's place in the menu."""
    return SignUpsMenuItem(
        "Sign-ups", reverse("network_review:queue"), icon_name="tick-inverse", order=150
    )


class AliasViewSet(ModelViewSet):
    """Other names of councils."""

    model = CouncilAlias
    icon = "tag"
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


class CouncilViewSet(ModelViewSet):
    """The register; new councils come by `load_councils`."""

    model = Council
    icon = "home"
    form_fields = ["name", "official_name", "website"]
    list_display = ["name", "kind", "region", "gss_code", "ended_on"]
    list_filter = ["kind", "region"]
    search_fields = ["name", "official_name", "gss_code", "aliases__name"]


@hooks.register("register_admin_viewset")
def register_group():
    """One place for the register."""
    group = ModelViewSetGroup()
    group.menu_label = "Register"
    group.menu_icon = "list-ul"
    group.items = (CouncilViewSet("councils"), AliasViewSet("aliases"), DomainViewSet("domains"))
    return group
