from functools import partial

from django.urls import path, re_path

from network import api
from network.choices import ProfilePart
from network.forms.tasks import TASK_FORMS
from network.views import (
    announcements,
    badges,
    check_ins,
    claims,
    committee_report,
    community_organisations,
    departures,
    directory,
    mail_preferences,
    member_messages,
    memberships,
    offices,
    people,
    personal_data,
    profiles,
    questions,
    requests,
    sign_ups,
    signing,
    tasks,
    trustees,
)

app_name = "network"

ONE_OFFICE = "ask/(?P<office>leader|chief_executive)/"
REFERENCE = r"^join/(?P<reference>KIL-\d{4}-\d{4,8})/"

# Longer numbers match no row and overflow the database's integers.
PK = r"(?P<pk>[0-9]{1,15})"


def _of_a_sign_up(rest: str, view, name: str):
    return re_path(f"{REFERENCE}{rest}$", view, name=name)


def _of_a_profile(rest: str, view, name: str):
    part = "|".join(ProfilePart.values)
    member = r"^my/members/(?P<slug>[-a-zA-Z0-9_]+)"
    return re_path(rf"{member}/profile/(?P<part>{part})/{rest}$", view, name=name)


urlpatterns = [
    path("councils/", directory.directory, name="councils"),
    path("councils/<slug:slug>/", directory.council, name="council"),
    path("councils/<slug:slug>/badge.svg", badges.badge, name="badge"),
    path("councils/<slug:slug>/certificate/", badges.certificate, name="certificate"),
    path("councils/<slug:slug>/ask/", questions.ask, name="ask_member"),
    path("my/question/<str:token>/", questions.answer, name="answer_question"),
    path("my/members/<slug:slug>/questions/", questions.of_member, name="member_questions"),
    path("councils/<slug:slug>/logo/", directory.logo, name="logo"),
    path("councils/<slug:slug>/endorsement/", directory.endorsement, name="endorsement"),
    path(
        "councils/<slug:slug>/endorsement.json",
        directory.endorsement_json,
        name="endorsement_json",
    ),
    path("data/members.json", api.members, name="members.json"),
    path("data/members.csv", api.members, {"ending": "csv"}, name="members.csv"),
    path(
        "community-organisations/",
        community_organisations.community_organisations,
        name="community_organisations",
    ),
    path("join/", sign_ups.join, name="join"),
    path("join/ask-my-council/", sign_ups.ask_my_council, name="join_ask_my_council"),
    path("join/not-listed/", sign_ups.not_listed, name="join_not_listed"),
    path("join/council/", sign_ups.choose_council, name="join_council"),
    path("join/committee-paper/", committee_report.blank, name="committee_paper"),
    path("join/committee-paper.docx", committee_report.blank_docx, name="committee_paper_docx"),
    _of_a_sign_up("committee-paper/", committee_report.of_sign_up, "sign_up_committee_paper"),
    _of_a_sign_up(
        r"committee-paper\.docx", committee_report.of_sign_up_docx, "sign_up_committee_paper_docx"
    ),
    _of_a_sign_up("", sign_ups.sign_up, "sign_up"),
    *(
        _of_a_sign_up(
            f"{task.replace('_', '-')}/", partial(tasks.task, task=task), f"sign_up_{task}"
        )
        for task in TASK_FORMS
    ),
    _of_a_sign_up("endorsers/", requests.endorsers, "sign_up_endorsers"),
    _of_a_sign_up("ask/", requests.ask, "sign_up_ask"),
    _of_a_sign_up("sign-off/", requests.sign_off, "sign_up_sign_off"),
    _of_a_sign_up(f"{ONE_OFFICE}again/", requests.send_again, "sign_up_send_again"),
    _of_a_sign_up(f"{ONE_OFFICE}remind/", requests.remind, "sign_up_remind"),
    _of_a_sign_up(f"{ONE_OFFICE}cancel/", requests.cancel, "sign_up_cancel_request"),
    _of_a_sign_up(f"{ONE_OFFICE}instead/", requests.ask_instead, "sign_up_ask_instead"),
    _of_a_sign_up("logo/", partial(tasks.upload, page=tasks.LOGO), "sign_up_logo"),
    _of_a_sign_up(
        "decision/file/",
        partial(tasks.upload, page=tasks.DECISION),
        "sign_up_decision_file",
    ),
    _of_a_sign_up("check/", sign_ups.check, "sign_up_check"),
    _of_a_sign_up("sent/", sign_ups.sent, "sign_up_sent"),
    _of_a_sign_up("withdraw/", sign_ups.withdraw, "sign_up_withdraw"),
    path(
        "endorse/again/report/<str:token>/",
        signing.endorse_again_report,
        name="endorse_again_report",
    ),
    path("endorse/again/<str:token>/", signing.endorse_again, name="endorse_again"),
    path("endorse/again/<str:token>/no/", signing.endorse_again_no, name="endorse_again_no"),
    path(
        "endorse/again/<str:token>/new-link/",
        signing.endorse_again_new_link,
        name="endorse_again_new_link",
    ),
    path("endorse/report/<str:token>/", signing.endorse_report, name="endorse_report"),
    _of_a_sign_up(r"files/(?P<pk>\d{1,17})/", tasks.download, "sign_up_file"),
    _of_a_sign_up("colleagues/", people.colleagues, "sign_up_colleagues"),
    _of_a_sign_up("colleagues/leave/", people.leave, "sign_up_leave"),
    _of_a_sign_up(f"colleagues/{PK}/", people.colleague, "sign_up_colleague"),
    _of_a_sign_up(
        f"invitations/{PK}/cancel/", people.cancel_invitation, "sign_up_cancel_invitation"
    ),
    _of_a_sign_up("history/", people.who_changed_what, "sign_up_history"),
    path("join/invited/<str:token>/", people.invited, name="invited"),
    re_path(f"^join/invitations/{PK}/$", people.answer_invitation, name="answer_invitation"),
    path("join/council/<slug:slug>/ask/", people.ask_to_join, name="join_ask_access"),
    path("join/council/<slug:slug>/asked/", people.asked, name="join_asked"),
    re_path(f"^my/access/{PK}/$", people.access, name="access"),
    path("endorse/leave/<str:token>/", departures.confirm, name="leave_confirm"),
    path("endorse/leave/<str:token>/no/", departures.decline, name="leave_decline"),
    path("endorse/leave/<str:token>/new-link/", departures.new_link, name="leave_new_link"),
    path("endorse/trustee/<str:token>/", trustees.confirm, name="trustee"),
    path("endorse/trustee/<str:token>/no/", trustees.decline, name="trustee_decline"),
    path("endorse/trustee/<str:token>/new-link/", trustees.new_link, name="trustee_new_link"),
    path("endorse/<str:token>/", signing.endorse, name="endorse"),
    path("endorse/<str:token>/for-them/", signing.endorse_for_them, name="endorse_for_them"),
    path("endorse/<str:token>/not-me/", signing.endorse_not_me, name="endorse_not_me"),
    path("endorse/<str:token>/no/", signing.endorse_no, name="endorse_no"),
    path("endorse/<str:token>/new-link/", signing.endorse_new_link, name="endorse_new_link"),
    path("my/", sign_ups.my, name="my"),
    path("my/data/", personal_data.mine, name="my_data"),
    path("my/emails/", mail_preferences.emails, name="emails"),
    path("my/emails/stop/<str:token>/", mail_preferences.stop, name="stop_emails"),
    path("my/members/<slug:slug>/", memberships.member, name="member"),
    path("my/members/<slug:slug>/messages/", member_messages.messages, name="messages"),
    path("my/members/<slug:slug>/people/", people.representatives, name="representatives"),
    path("my/members/<slug:slug>/people/stop/", people.stop_representing, name="stop_representing"),
    re_path(
        rf"^my/members/(?P<slug>[-a-zA-Z0-9_]+)/invitations/{PK}/cancel/$",
        people.cancel_member_invitation,
        name="cancel_member_invitation",
    ),
    path("my/members/<slug:slug>/profile/", profiles.overview, name="profile"),
    _of_a_profile("", profiles.part, "profile_part"),
    _of_a_profile("discard/", profiles.discard, "profile_discard"),
    _of_a_profile("put-back/", profiles.put_back, "profile_put_back"),
    path("my/members/<slug:slug>/announcement/", announcements.announcement, name="announcement"),
    path(
        "my/members/<slug:slug>/announcement.docx",
        announcements.announcement_docx,
        name="announcement_docx",
    ),
    path("my/members/<slug:slug>/badge/", badges.of_member, name="member_badge"),
    path("my/members/<slug:slug>/check-in/", check_ins.check_in, name="check_in"),
    path(
        "my/members/<slug:slug>/check-in/more-time/", check_ins.more_time, name="check_in_more_time"
    ),
    path("my/claim/<str:token>/", claims.claim, name="claim"),
    re_path(f"^my/claims/{PK}/$", claims.answer_claim, name="answer_claim"),
    path("my/members/<slug:slug>/removal/", departures.removal, name="removal"),
    path("my/members/<slug:slug>/leave/", departures.leave, name="leave"),
    path("my/members/<slug:slug>/leave/stop/", departures.stop, name="leave_stop"),
    path("my/members/<slug:slug>/leave/again/", departures.again, name="leave_again"),
    path("my/members/<slug:slug>/offices/", offices.offices, name="offices"),
    re_path(
        r"^my/members/(?P<slug>[-a-zA-Z0-9_]+)/champions/(?P<kind>political|officer)/$",
        offices.champion,
        name="champion",
    ),
    re_path(
        r"^my/members/(?P<slug>[-a-zA-Z0-9_]+)/offices/(?P<office>leader|chief_executive)/$",
        offices.office,
        name="office",
    ),
]
