from functools import partial

from django.urls import path, re_path

from network.forms import TASK_FORMS
from network.views import asking, directory, endorsing, sending, starting, tasks

app_name = "network"

REFERENCE = r"^join/(?P<reference>KIL-\d{4}-\d{4,8})/"


def _of_a_sign_up(rest: str, view, name: str):
    return re_path(f"{REFERENCE}{rest}$", view, name=name)


urlpatterns = [
    path("councils/", directory.directory, name="councils"),
    path("councils/<slug:slug>/", directory.council, name="council"),
    path("join/", starting.join, name="join"),
    path("join/council/", starting.choose_council, name="join_council"),
    _of_a_sign_up("", sending.sign_up, "sign_up"),
    *(
        _of_a_sign_up(
            f"{task.replace('_', '-')}/", partial(tasks.task, task=task), f"sign_up_{task}"
        )
        for task in TASK_FORMS
    ),
    _of_a_sign_up("endorsers/", asking.endorsers, "sign_up_endorsers"),
    _of_a_sign_up("ask/", asking.ask, "sign_up_ask"),
    _of_a_sign_up(
        "ask/(?P<office>leader|chief_executive)/again/",
        asking.send_again,
        "sign_up_send_again",
    ),
    _of_a_sign_up("check/", sending.check, "sign_up_check"),
    _of_a_sign_up("sent/", sending.sent, "sign_up_sent"),
    _of_a_sign_up("withdraw/", sending.withdraw, "sign_up_withdraw"),
    path("endorse/<str:token>/", endorsing.endorse, name="endorse"),
    path(
        "endorse/<str:token>/new-link/",
        endorsing.endorse_new_link,
        name="endorse_new_link",
    ),
    path("my/", sending.my, name="my"),
]
