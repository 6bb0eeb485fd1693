from functools import partial

from django.urls import path, re_path

from network.forms import TASK_FORMS
from network.views import (
    access,
    asking,
    colleagues,
    directory,
    endorsing,
    endorsing_again,
    kit,
    leadership,
    leaving,
    record,
    removing,
    representing,
    sending,
    starting,
    tasks,
    uploads,
)

app_name = "network"

ONE_OFFICE = "ask/(?P<office>leader|chief_executive)/"
REFERENCE = r"^join/(?P<reference>KIL-\d{4}-\d{4,8})/"

# Longer numbers are no row's, and more than a database takes.
PK = r"(?P<pk>[0-9]{1,15})"


def _of_a_sign_up(rest: str, view, name: str):
    return re_path(f"{REFERENCE}{rest}$", view, name=name)


urlpatterns = [
    path("councils/", directory.directory, name="councils"),
    path("councils/<slug:slug>/", directory.council, name="council"),
    path("councils/<slug:slug>/endorsement/", record.endorsement, name="endorsement"),
    path("councils/<slug:slug>/endorsement.json", record.endorsement_json, name="endorsement_json"),
    path("join/", starting.join, name="join"),
    path("join/ask-my-council/", starting.ask_my_council, name="join_ask_my_council"),
    path("join/not-listed/", starting.not_listed, name="join_not_listed"),
    path("join/council/", starting.choose_council, name="join_council"),
    path("join/committee-paper/", kit.blank, name="committee_paper"),
    path("join/committee-paper.docx", kit.blank_docx, name="committee_paper_docx"),
    _of_a_sign_up("committee-paper/", kit.of_sign_up, "sign_up_committee_paper"),
    _of_a_sign_up(r"committee-paper\.docx", kit.of_sign_up_docx, "sign_up_committee_paper_docx"),
    _of_a_sign_up("", sending.sign_up, "sign_up"),
    *(
        _of_a_sign_up(
            f"{task.replace('_', '-')}/", partial(tasks.task, task=task), f"sign_up_{task}"
        )
        for task in TASK_FORMS
    ),
    _of_a_sign_up("endorsers/", asking.endorsers, "sign_up_endorsers"),
    _of_a_sign_up("ask/", asking.ask, "sign_up_ask"),
    _of_a_sign_up("sign-off/", asking.sign_off, "sign_up_sign_off"),
    _of_a_sign_up(f"{ONE_OFFICE}again/", asking.send_again, "sign_up_send_again"),
    _of_a_sign_up(f"{ONE_OFFICE}remind/", asking.remind, "sign_up_remind"),
    _of_a_sign_up(f"{ONE_OFFICE}cancel/", asking.cancel, "sign_up_cancel_request"),
    _of_a_sign_up(f"{ONE_OFFICE}instead/", asking.ask_instead, "sign_up_ask_instead"),
    _of_a_sign_up("logo/", partial(uploads.upload, page=uploads.LOGO), "sign_up_logo"),
    _of_a_sign_up(
        "decision/file/",
        partial(uploads.upload, page=uploads.DECISION),
        "sign_up_decision_file",
    ),
    _of_a_sign_up("check/", sending.check, "sign_up_check"),
    _of_a_sign_up("sent/", sending.sent, "sign_up_sent"),
    _of_a_sign_up("withdraw/", sending.withdraw, "sign_up_withdraw"),
    path(
        "endorse/again/report/<str:token>/",
        endorsing_again.endorse_again_report,
        name="endorse_again_report",
    ),
    path("endorse/again/<str:token>/", endorsing_again.endorse_again, name="endorse_again"),
    path(
        "endorse/again/<str:token>/no/", endorsing_again.endorse_again_no, name="endorse_again_no"
    ),
    path(
        "endorse/again/<str:token>/new-link/",
        endorsing_again.endorse_again_new_link,
        name="endorse_again_new_link",
    ),
    path("endorse/report/<str:token>/", endorsing.endorse_report, name="endorse_report"),
    _of_a_sign_up(r"files/(?P<pk>\d{1,17})/", uploads.download, "sign_up_file"),
    _of_a_sign_up("colleagues/", colleagues.colleagues, "sign_up_colleagues"),
    _of_a_sign_up("colleagues/leave/", colleagues.leave, "sign_up_leave"),
    _of_a_sign_up(f"colleagues/{PK}/", colleagues.colleague, "sign_up_colleague"),
    _of_a_sign_up(
        f"invitations/{PK}/cancel/", colleagues.cancel_invitation, "sign_up_cancel_invitation"
    ),
    _of_a_sign_up("history/", colleagues.who_changed_what, "sign_up_history"),
    path("join/invited/<str:token>/", colleagues.invited, name="invited"),
    re_path(f"^join/invitations/{PK}/$", colleagues.answer_invitation, name="answer_invitation"),
    path("join/council/<slug:slug>/ask/", access.ask_to_join, name="join_ask_access"),
    path("join/council/<slug:slug>/asked/", access.asked, name="join_asked"),
    re_path(f"^my/access/{PK}/$", access.access, name="access"),
    path("endorse/leave/<str:token>/", leaving.confirm, name="leave_confirm"),
    path("endorse/leave/<str:token>/no/", leaving.decline, name="leave_decline"),
    path("endorse/leave/<str:token>/new-link/", leaving.new_link, name="leave_new_link"),
    path("endorse/<str:token>/", endorsing.endorse, name="endorse"),
    path("endorse/<str:token>/for-them/", endorsing.endorse_for_them, name="endorse_for_them"),
    path("endorse/<str:token>/not-me/", endorsing.endorse_not_me, name="endorse_not_me"),
    path("endorse/<str:token>/no/", endorsing.endorse_no, name="endorse_no"),
    path("endorse/<str:token>/new-link/", endorsing.endorse_new_link, name="endorse_new_link"),
    path("my/", sending.my, name="my"),
    path("my/members/<slug:slug>/", representing.representatives, name="representatives"),
    path("my/members/<slug:slug>/removal/", removing.removal, name="removal"),
    path("my/members/<slug:slug>/leave/", leaving.leave, name="leave"),
    path("my/members/<slug:slug>/leave/stop/", leaving.stop, name="leave_stop"),
    path("my/members/<slug:slug>/leave/again/", leaving.again, name="leave_again"),
    path("my/members/<slug:slug>/offices/", leadership.offices, name="offices"),
    re_path(
        r"^my/members/(?P<slug>[-a-zA-Z0-9_]+)/offices/(?P<office>leader|chief_executive)/$",
        leadership.office,
        name="office",
    ),
]
