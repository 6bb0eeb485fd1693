from django.urls import path, re_path

from network.views import asking, directory, endorsing, joining

app_name = "network"

REFERENCE = r"^join/(?P<reference>KIL-\d{4}-\d{4,8})/"


def _of_a_sign_up(rest: str, view, name: str):
    return re_path(f"{REFERENCE}{rest}$", view, name=name)


urlpatterns = [
    path("councils/", directory.directory, name="councils"),
    path("councils/<slug:slug>/", directory.council, name="council"),
    path("join/", joining.join, name="join"),
    path("join/council/", joining.choose_council, name="join_council"),
    _of_a_sign_up("", joining.sign_up, "sign_up"),
    _of_a_sign_up("about-you/", joining.about_you, "sign_up_about_you"),
    _of_a_sign_up("champions/", joining.champions, "sign_up_champions"),
    _of_a_sign_up("endorsers/", asking.endorsers, "sign_up_endorsers"),
    _of_a_sign_up("ask/", asking.ask, "sign_up_ask"),
    _of_a_sign_up(
        "ask/(?P<office>leader|chief_executive)/again/",
        asking.send_again,
        "sign_up_send_again",
    ),
    _of_a_sign_up("check/", joining.check, "sign_up_check"),
    _of_a_sign_up("sent/", joining.sent, "sign_up_sent"),
    _of_a_sign_up("withdraw/", joining.withdraw, "sign_up_withdraw"),
    path("endorse/<str:token>/", endorsing.endorse, name="endorse"),
    path(
        "endorse/<str:token>/new-link/",
        endorsing.endorse_new_link,
        name="endorse_new_link",
    ),
    path("my/", joining.my, name="my"),
]
