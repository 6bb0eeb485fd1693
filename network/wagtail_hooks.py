"""Pages, menu items and viewsets of the network in the Wagtail admin."""

from django.templatetags.static import static
from django.urls import include, path, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from councils.viewsets import REGISTER
from network import permissions
from network.models import PreElectionPeriod
from network.views.staff import departures, offices, people, reviews, wordings

# Match only real references, because PostgreSQL rejects some input (NUL) in a query.
ONE_SIGN_UP = r"^(?P<reference>KIL-\d{4}-\d{4,8})/"

DECISION = ONE_SIGN_UP + r"decision/\Z"
CONFIRM = ONE_SIGN_UP + r"signatures/(?P<pk>\d{1,12})/confirm/\Z"
STRIKE_OUT = ONE_SIGN_UP + r"signatures/(?P<pk>\d{1,12})/strike-out/\Z"


@hooks.register("register_admin_urls")
def review_urls():
    """Add the queue and its pages under /admin/sign-ups/."""
    patterns = [
        path("", reviews.queue, name="queue"),
        path("wordings/", wordings.wordings, name="wordings"),
        path("wordings/new/", wordings.write, name="write_wording"),
        path("wordings/<int:version>/", wordings.write, name="rewrite_wording"),
        path("wordings/<int:version>/approve/", wordings.approve, name="approve_wording"),
        re_path(ONE_SIGN_UP + r"\Z", reviews.sign_up, name="sign_up"),
        re_path(ONE_SIGN_UP + r"take-on/\Z", reviews.take_on, name="take_on"),
        re_path(ONE_SIGN_UP + r"accept/\Z", reviews.accept, name="accept"),
        re_path(ONE_SIGN_UP + r"decline/\Z", reviews.decline, name="decline"),
        re_path(ONE_SIGN_UP + r"changes/\Z", reviews.request_changes, name="request_changes"),
        re_path(ONE_SIGN_UP + r"end/\Z", reviews.end, name="end"),
        re_path(ONE_SIGN_UP + r"call-back/\Z", reviews.call_back, name="call_back"),
        re_path(ONE_SIGN_UP + r"wording/\Z", reviews.move_wording, name="move_wording"),
        re_path(ONE_SIGN_UP + r"announcement/\Z", reviews.postpone, name="postpone"),
        re_path(DECISION, reviews.confirm_decision, name="confirm_decision"),
        re_path(CONFIRM, reviews.confirm_signature, name="confirm_signature"),
        re_path(STRIKE_OUT, reviews.strike_out, name="strike_out"),
    ]
    return [path("sign-ups/", include((patterns, "network_review")))]


@hooks.register("register_admin_urls")
def access_urls():
    """Add access requests under /admin/access/."""
    patterns = [
        path("", people.requests, name="requests"),
        path("<int:pk>/", people.one, name="request"),
    ]
    return [path("access/", include((patterns, "network_access")))]


@hooks.register("register_admin_urls")
def leaving_urls():
    """Add members that want to leave under /admin/leaving/."""
    one = r"^(?P<pk>\d{1,12})/"
    patterns = [
        path("", departures.withdrawals, name="withdrawals"),
        re_path(one + r"\Z", departures.withdrawal, name="withdrawal"),
        re_path(one + r"decision/\Z", departures.confirm_decision, name="confirm_decision"),
        re_path(one + r"statement/\Z", departures.statement, name="statement"),
        re_path(one + r"stop/\Z", departures.stop, name="stop"),
    ]
    return [path("leaving/", include((patterns, "network_leaving")))]


@hooks.register("register_admin_urls")
def removal_urls():
    """Add proposals to end a membership under /admin/removals/."""
    one = r"^(?P<pk>\d{1,12})/"
    patterns = [
        path("", departures.removals, name="removals"),
        path("new/", departures.begin, name="begin"),
        re_path(one + r"\Z", departures.one, name="removal"),
        re_path(one + r"decide/\Z", departures.decide, name="decide"),
    ]
    return [path("removals/", include((patterns, "network_removals")))]


@hooks.register("register_admin_urls")
def office_urls():
    """Add changes of leader and chief executive under /admin/offices/."""
    one = r"^(?P<slug>[-a-zA-Z0-9_]+)/"
    signature = one + r"signatures/(?P<pk>\d{1,12})/"
    patterns = [
        path("", offices.changes, name="changes"),
        re_path(one + r"\Z", offices.member, name="member"),
        re_path(
            one + r"(?P<office>leader|chief_executive)/\Z",
            offices.office,
            name="office",
        ),
        re_path(signature + r"confirm/\Z", offices.confirm, name="confirm"),
        re_path(signature + r"strike-out/\Z", offices.strike_out, name="strike_out"),
    ]
    return [path("offices/", include((patterns, "network_offices")))]


@hooks.register("insert_global_admin_css")
def review_styles() -> SafeString:
    """Add a stylesheet for the review pages, because the admin's policy forbids inline styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("network/admin.css"))


class SignUpsMenuItem(MenuItem):
    """A menu item that only network managers see."""

    def is_shown(self, request) -> bool:
        return permissions.can_review(request.user)


@hooks.register("register_admin_menu_item")
def sign_ups_item():
    """Add the queue to the menu."""
    return SignUpsMenuItem(
        "Sign-ups", reverse("network_review:queue"), icon_name="tick-inverse", order=150
    )


@hooks.register("register_admin_menu_item")
def access_item():
    """Add access requests to the menu."""
    return SignUpsMenuItem(
        "Requests for access", reverse("network_access:requests"), icon_name="group", order=151
    )


@hooks.register("register_admin_menu_item")
def leaving_item():
    """Add members that want to leave to the menu."""
    return SignUpsMenuItem(
        "Leaving", reverse("network_leaving:withdrawals"), icon_name="logout", order=152
    )


@hooks.register("register_admin_menu_item")
def offices_item():
    """Add changes of leader and chief executive to the menu."""
    return SignUpsMenuItem(
        "Leadership changes", reverse("network_offices:changes"), icon_name="user", order=153
    )


class PreElectionPeriodViewSet(ModelViewSet):
    """Pre-election periods, when no one is reminded to sign."""

    model = PreElectionPeriod
    icon = "calendar"
    menu_label = "Pre-election periods"
    form_fields = ["name", "starts_on", "ends_on", "councils"]
    list_display = ["name", "starts_on", "ends_on"]
    list_filter = ["starts_on"]
    search_fields = ["name"]
    copy_view_enabled = False


class RegisterGroup(ModelViewSetGroup):
    """A menu group for the register."""

    menu_label = "Register"
    menu_icon = "list-ul"
    items = (
        *REGISTER,
        PreElectionPeriodViewSet("pre_election_periods"),
    )


@hooks.register("register_admin_viewset")
def register_group() -> RegisterGroup:
    return RegisterGroup()
