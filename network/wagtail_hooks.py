"""Pages, menu items and viewsets of the network in the Wagtail admin."""

from functools import partial

from django.templatetags.static import static
from django.urls import include, path, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.views.home import (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from councils.viewsets import REGISTER
from network import permissions
from network.models import PreElectionPeriod
from network.views.staff import (
    check_ins,
    claims,
    cohorts,
    departures,
    home,
    member_messages,
    memberships,
    notes,
    offices,
    people,
    personal_data,
    profiles,
    questions,
    reviews,
    trustees,
    wordings,
)

# Match only real references, because PostgreSQL rejects some input (NUL) in a query.
SIGN_UP = r"^sign-ups/(?P<reference>KIL-\d{4}-\d{4,8})/"
SIGNATURE = r"signatures/(?P<pk>\d{1,12})/"
WITHDRAWAL = r"^leaving/(?P<pk>\d{1,12})/"
REMOVAL = r"^removals/(?P<pk>\d{1,12})/"
COHORT = r"^announcements/(?P<pk>\d{1,12})/"
TRUSTEE = r"^trustees/(?P<pk>\d{1,12})/"
PROFILE_CHANGE = r"^profile-changes/(?P<pk>\d{1,12})/"
OF_MEMBER = r"(?P<slug>[-a-zA-Z0-9_]+)/"
CHECK_IN, CLAIM = rf"^check-ins/of/{OF_MEMBER}", rf"^claims/{OF_MEMBER}"
COUNCIL = r"^members/(?P<slug>[-a-zA-Z0-9_]+)/"
PART = rf"page/(?P<part>{'|'.join(profiles.WRITTEN)})/\Z"
NOTE = r"log/(?P<pk>\d{1,12})/"
MEMBER = r"^offices/(?P<slug>[-a-zA-Z0-9_]+)/"


@hooks.register("register_admin_urls")
def staff_urls():
    """Return every page of network managers."""
    patterns = [
        *reviews.Queue.addresses("sign-ups/", "queue"),
        *memberships.Members.addresses("members/", "members"),
        *home.History.addresses("history/", "history"),
        path("away/", home.away, name="away"),
        *notes.Log.addresses("log/", "log"),
        path("members/new/", memberships.record, name="record_member"),
        path("members/write/", member_messages.write, name="write_to_members"),
        *member_messages.MemberMessages.addresses("member-messages/", "member_messages"),
        path("member-messages/<int:pk>/", member_messages.one, name="member_message"),
        path(
            "member-messages/<int:pk>/change/",
            member_messages.rewrite,
            name="rewrite_member_message",
        ),
        path("member-messages/<int:pk>/send/", member_messages.send, name="send_member_message"),
        path("members/on-a-day/", memberships.on_day, name="members_on"),
        re_path(COUNCIL + r"\Z", memberships.member, name="member"),
        re_path(COUNCIL + r"log/\Z", notes.write, name="write_note"),
        re_path(
            COUNCIL + r"champions/(?P<kind>political|officer)/\Z",
            offices.champion,
            name="member_champion",
        ),
        re_path(COUNCIL + r"words/\Z", profiles.words, name="words"),
        re_path(COUNCIL + r"page/\Z", profiles.written, name="profile_written"),
        re_path(COUNCIL + PART, profiles.write, name="write_profile"),
        re_path(COUNCIL + NOTE + r"done/\Z", notes.done, name="next_step_done"),
        re_path(COUNCIL + NOTE + r"erase/\Z", notes.erase, name="erase_note"),
        path("sign-ups/wordings/", wordings.wordings, name="wordings"),
        path("sign-ups/wordings/new/", wordings.write, name="write_wording"),
        path("sign-ups/wordings/<int:version>/", wordings.write, name="rewrite_wording"),
        path("sign-ups/wordings/<int:version>/approve/", wordings.approve, name="approve_wording"),
        path(
            "sign-ups/wordings/<int:version>/confirm/",
            wordings.confirm_approval,
            name="confirm_approval",
        ),
        re_path(SIGN_UP + r"\Z", reviews.sign_up, name="sign_up"),
        re_path(SIGN_UP + r"take-on/\Z", reviews.take_on, name="take_on"),
        re_path(SIGN_UP + r"assign/\Z", reviews.assign, name="assign"),
        re_path(SIGN_UP + r"release/\Z", reviews.release, name="release"),
        re_path(SIGN_UP + r"note/\Z", reviews.note, name="note"),
        re_path(SIGN_UP + r"message/\Z", reviews.message, name="message"),
        re_path(SIGN_UP + r"accept/\Z", reviews.accept, name="accept"),
        re_path(SIGN_UP + r"decline/\Z", reviews.decline, name="decline"),
        re_path(SIGN_UP + r"changes/\Z", reviews.request_changes, name="request_changes"),
        re_path(SIGN_UP + r"take-back/\Z", reviews.take_back, name="take_back"),
        re_path(SIGN_UP + r"end/\Z", reviews.end, name="end"),
        re_path(SIGN_UP + r"call-back/\Z", reviews.call_back, name="call_back"),
        re_path(SIGN_UP + r"wording/\Z", reviews.move_wording, name="move_wording"),
        re_path(SIGN_UP + r"announcement/\Z", reviews.postpone, name="postpone"),
        re_path(SIGN_UP + r"decision/\Z", reviews.confirm_decision, name="confirm_decision"),
        re_path(
            SIGN_UP + SIGNATURE + r"confirm/\Z", reviews.confirm_signature, name="confirm_signature"
        ),
        re_path(SIGN_UP + SIGNATURE + r"strike-out/\Z", reviews.strike_out, name="strike_out"),
        path("access/", people.requests, name="access_requests"),
        path("access/<int:pk>/", people.one, name="access_request"),
        path("access/merge/", people.merge, name="merge_people"),
        path("person/", personal_data.person, name="person"),
        *departures.Withdrawals.addresses("leaving/", "withdrawals"),
        re_path(WITHDRAWAL + r"\Z", departures.withdrawal, name="withdrawal"),
        re_path(
            WITHDRAWAL + r"decision/\Z", departures.confirm_decision, name="confirm_leave_decision"
        ),
        re_path(WITHDRAWAL + r"statement/\Z", departures.statement, name="leave_statement"),
        re_path(WITHDRAWAL + r"stop/\Z", departures.stop, name="stop_leaving"),
        *departures.Removals.addresses("removals/", "removals"),
        path("removals/new/", departures.begin, name="open_removal"),
        re_path(REMOVAL + r"\Z", departures.one, name="removal"),
        re_path(REMOVAL + r"decide/\Z", departures.decide, name="decide_removal"),
        re_path(TRUSTEE + r"\Z", trustees.one, name="trustee_request"),
        re_path(TRUSTEE + r"change/\Z", trustees.change, name="change_trustee_request"),
        *profiles.ProfileChanges.addresses("profile-changes/", "profile_changes"),
        re_path(PROFILE_CHANGE + r"\Z", profiles.change, name="profile_change"),
        re_path(PROFILE_CHANGE + r"publish/\Z", profiles.publish, name="publish_profile_change"),
        re_path(
            PROFILE_CHANGE + r"send-back/\Z", profiles.send_back, name="send_back_profile_change"
        ),
        re_path(PROFILE_CHANGE + r"put-back/\Z", profiles.put_back, name="put_back_profile_change"),
        *check_ins.CheckIns.addresses("check-ins/", "check_ins"),
        re_path(CHECK_IN + r"\Z", check_ins.check_in, name="check_in"),
        re_path(CHECK_IN + r"by-phone/\Z", check_ins.by_phone, name="record_check_in"),
        re_path(CHECK_IN + r"more-time/\Z", check_ins.extend, name="extend_check_in"),
        re_path(CLAIM + r"\Z", claims.claim, name="claim"),
        re_path(CLAIM + r"invite/\Z", claims.invite, name="invite_to_claim"),
        re_path(CLAIM + r"answer/\Z", claims.answer, name="answer_claim"),
        path("announcements/", cohorts.announcements, name="announcements"),
        re_path(COHORT + r"\Z", cohorts.cohort, name="cohort"),
        re_path(COHORT + r"move/\Z", cohorts.move, name="move_cohort"),
        re_path(COHORT + r"add/\Z", cohorts.add, name="add_to_cohort"),
        re_path(COHORT + r"announce/\Z", cohorts.announce, name="announce_cohort"),
        re_path(
            COHORT + r"take-out/(?P<membership>\d{1,12})/\Z", cohorts.take_out, name="take_out"
        ),
        re_path(COHORT + r"preview/(?P<name>[a-z]+)/\Z", cohorts.preview, name="preview"),
        re_path(
            COHORT + rf"preview/(?P<name>[a-z]+)/{OF_MEMBER}\Z",
            cohorts.preview,
            name="preview_of_council",
        ),
        *questions.Questions.addresses("questions/", "questions"),
        path("questions/<int:pk>/", questions.one, name="question"),
        path("offices/", offices.changes, name="office_changes"),
        re_path(MEMBER + r"\Z", offices.member, name="member_offices"),
        re_path(
            MEMBER + r"(?P<office>leader|chief_executive)/\Z", offices.office, name="member_office"
        ),
        re_path(
            MEMBER + SIGNATURE + r"confirm/\Z", offices.confirm, name="confirm_later_signature"
        ),
        re_path(MEMBER + SIGNATURE + r"strike-out/\Z", offices.strike_out, name="strike_out_later"),
    ]
    return [path("", include((patterns, "network_staff")))]


@hooks.register("insert_global_admin_css")
def review_styles() -> SafeString:
    """Add a stylesheet for the review pages, because the admin's policy forbids inline styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("network/admin.css"))


class ManagersMenuItem(MenuItem):
    """A menu item that only network managers see."""

    def is_shown(self, request) -> bool:
        """Return whether they may open it."""
        return permissions.can_review(request.user)

    def render_component(self, request) -> LinkMenuItem:
        """Return the item with how many things wait behind it, read once a request."""
        waiting = sum(home.numbers(request)[name] for name in BEHIND.get(self.name, ()))
        item = super().render_component(request)
        item.label = f"{self.label} ({waiting})" if waiting else self.label
        return item


# Which things on the desk each menu item leads to.
BEHIND = {
    "queue": ("queue",),
    "announcements": ("announcements",),
    "log": ("log",),
    "profile_changes": ("profile_changes",),
    "check_ins": ("check_ins", "check-ins late", "check-ins to read"),
    "access_requests": ("access_requests",),
    "office_changes": ("office_changes", "offices late"),
    "withdrawals": ("withdrawals",),
    "removals": ("removals",),
    "wordings": ("wordings",),
    "questions": ("questions reported",),
}
MENU = (
    ("Applications", "queue", "tick-inverse"),
    ("Announcements", "announcements", "calendar"),
    ("Members", "members", "group"),
    ("Messages", "member_messages", "mail"),
    ("Public pages", "profile_changes", "site"),
    ("Check-ins", "check_ins", "date"),
    ("Contact log", "log", "comment"),
    ("Access requests", "access_requests", "key"),
    ("Leadership changes", "office_changes", "user"),
    ("Leaving", "withdrawals", "logout"),
    ("Removals", "removals", "cross"),
    ("Questions", "questions", "help"),
    ("Wordings", "wordings", "edit"),
    ("Who is away", "away", "calendar-alt"),
    ("Personal data", "person", "user"),
)


def _menu_item(label: str, name: str, icon: str, order: int) -> ManagersMenuItem:
    address = reverse(f"network_staff:{name}")
    return ManagersMenuItem(label, address, name=name, icon_name=icon, order=order)


for _order, _item in enumerate(MENU, start=150):
    hooks.register("register_admin_menu_item", partial(_menu_item, *_item, _order))


@hooks.register("register_reports_menu_item")
def history_item() -> ManagersMenuItem:
    """Return the menu item of all that happened in the network."""
    return _menu_item("What happened", "history", "history", 50)


ABOUT_PAGES = (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)


@hooks.register("construct_homepage_panels")
def add_panels(request, panels: list) -> None:
    """Show managers what waits for them, before what Wagtail shows.

    Who can edit no page gets none of Wagtail's panels about pages, which would all be empty.
    """
    if not permissions.can_review(request.user):
        return
    if not user_has_any_page_permission(request.user):
        panels[:] = [panel for panel in panels if not isinstance(panel, ABOUT_PAGES)]
    panels += home.panels(request)


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
