"""Input typed before a session expired: kept for its owner, hidden from others."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from network.actions import tasks
from network.models import Collaborator, SignUp, TaskSave
from portal import form_recovery
from portal.form_recovery import BACK, LOST, NOT_DONE, WAITS, mark_of

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TYPED = "Head of “Places” & <People>"


@pytest.fixture
def sign_up(story) -> SignUp:
    return story.started()


@pytest.fixture
def address(sign_up) -> str:
    return reverse("network:sign_up_about_you", args=[sign_up.reference])


def typed(user, **changes) -> dict[str, str]:
    return {
        "typed_by": mark_of(user),
        "name": "Olive O.",
        "job_title": TYPED,
        "phone": "",
        "version": "0",
        "is_finished": "yes",
    } | changes


def shows(page) -> bool:
    text = page.content.decode()
    return "Head of “Places” &amp; &lt;People&gt;" in text and BACK in text


def test_signing_in_again_lands_on_the_same_task_with_what_was_typed(officer, address, sign_up):
    client = Client()
    answer = client.post(address, typed(officer))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_request_login_code')}?next={address}"
    assert WAITS in client.get(answer["Location"]).content.decode()

    client.force_login(officer, backend=BACKEND)
    page = client.get(address)
    assert shows(page)
    finished = page.content.decode().partition('name="is_finished" value="yes"')[2]
    assert "checked" in finished.partition(">")[0]
    assert not TaskSave.objects.exists(), "reading saves nothing"

    assert client.post(address, typed(officer)).status_code == 302
    assert TaskSave.objects.get().answers["job_title"] == TYPED
    assert BACK not in client.get(address).content.decode()


def test_the_form_carries_the_mark(as_, officer, address):
    page = as_(officer).get(address).content.decode()
    assert f'name="typed_by" value="{mark_of(officer).split(":")[0]}' in page


def test_another_person_in_the_same_browser_gets_nothing(officer, stranger, address, sign_up):
    Collaborator.objects.create(sign_up=sign_up, user=stranger, role="colleague")
    client = Client()
    client.post(address, typed(officer))
    client.force_login(stranger, backend=BACKEND)
    page = client.get(address)
    assert page.status_code == 200
    assert not shows(page)
    assert "Places" not in page.content.decode()


@pytest.mark.parametrize("mark", ["", "forged", "1:2:3", None])
def test_nothing_is_kept_for_whom_no_form_was_shown(officer, address, mark):
    client = Client()
    data = typed(officer, typed_by=mark or "")
    if mark is None:
        del data["typed_by"]
    client.post(address, data)
    client.force_login(officer, backend=BACKEND)
    assert not shows(client.get(address))


def test_a_form_from_before_the_last_signing_in_is_shown_once_more(officer, address):
    """Sign in again in another tab, which changes the CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer, backend=BACKEND)
    answer = client.post(address, typed(officer), headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert not TaskSave.objects.exists()
    assert shows(client.get(address))


def test_a_form_of_another_site_is_neither_kept_nor_answered(officer, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer, backend=BACKEND)
    answer = client.post(address, typed(officer), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "You do not have access to this page" in answer.content.decode()
    assert not shows(client.get(address))


def test_it_is_there_on_no_other_page_and_for_an_hour_only(officer, address, sign_up, monkeypatch):
    client = Client()
    client.post(address, typed(officer))
    client.force_login(officer, backend=BACKEND)
    champions = reverse("network:sign_up_champions", args=[sign_up.reference])
    assert BACK not in client.get(champions).content.decode()
    asked = []
    monkeypatch.setattr(cache, "set", lambda *args, **kwargs: asked.append(kwargs["timeout"]))
    Client().post(address, typed(officer))
    assert asked == [3600]


def test_too_much_is_not_kept_and_said_to_be_lost(officer, address):
    client = Client()
    answer = client.post(address, typed(officer, name="x" * (form_recovery.LARGEST + 1)))
    assert LOST in client.get(answer["Location"]).content.decode()


def test_no_cookie_holds_what_was_typed_and_no_password_is_kept(officer, address):
    client = Client()
    client.post(address, typed(officer, password="hunter2 hunter2"))
    assert "Places" not in str(client.cookies)
    client.force_login(officer, backend=BACKEND)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        keys = [row[0] for row in cursor.fetchall()]
    (key,) = [key for key in keys if key.startswith(":1:typed:")]
    kept = cache.get(key.split(":", 2)[2])
    assert "Places" in kept
    assert "hunter2" not in kept
    assert "csrfmiddlewaretoken" not in kept


def test_a_tick_that_was_taken_away_stays_away(officer, sign_up):
    from network.choices import SignUpTask  # noqa: PLC0415

    answers = {
        f"{kind}_{name}": "x" for kind in ("political", "officer") for name in ("name", "role")
    }
    answers |= {f"{kind}_may_be_published": True for kind in ("political", "officer")}
    tasks.save_task(sign_up, SignUpTask.CHAMPIONS, by=officer, answers=answers)
    address = reverse("network:sign_up_champions", args=[sign_up.reference])
    client = Client()
    client.post(address, {"typed_by": mark_of(officer), "political_name": "Ada", "version": "1"})
    client.force_login(officer, backend=BACKEND)
    text = client.get(address).content.decode()
    assert 'value="Ada"' in text
    box = text.partition('name="political_may_be_published"')[2].partition(">")[0]
    assert "checked" not in box


@pytest.mark.parametrize(
    ("referer", "onward"),
    [
        ("http://testserver/admin/sign-ups/?q=a%20b", "/admin/sign-ups/?q=a%20b"),
        ("https://elsewhere.example/admin/", None),
        ("", None),
    ],
)
def test_act_without_a_page_of_its_own_leads_back_to_the_form(sign_up, referer, onward):
    act = reverse("network_staff:take_on", args=[sign_up.reference])
    client = Client()
    answer = client.post(act, headers={"referer": referer})
    login, _, query = answer["Location"].partition("?")

    assert login == reverse("account_login")
    assert QueryDict(query)["next"] == (onward or act)
    said = client.get(answer["Location"]).content.decode()
    assert (NOT_DONE in said) == bool(onward)
