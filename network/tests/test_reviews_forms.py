"""Review forms as a browser sends them, with their initial values only."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from network.actions import requests, reviews, sign_ups, signing
from network.choices import Office, Route, SignUpTask
from network.models import SignUp
from network.readiness import Readiness
from network.tests.factories import Story, approve_wording, fresh
from network.tests.test_decisions import decision

FORM = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def staffed(manager) -> Client:
    """A manager's client that enforces CSRF checks."""
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def to_confirm(story: Story, manager) -> SignUp:
    """A sign-up in review, by both routes, with everything staff have to confirm."""
    approve_wording()
    sign_up = story.filled_in()
    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.BOTH})
    story.save(sign_up, SignUpTask.DECISION, decision())
    requests.ask_endorsers(fresh(sign_up), by=story.officer)
    ash = signing.Assistant("Ash Assistant", "In a meeting", date(2026, 1, 1))
    for office in Office:
        asked = fresh(sign_up).request_of(office)
        shown = fresh(sign_up).fingerprint
        signing.endorse(asked, name=asked.name, role=asked.role, shown=shown, assistant=ash)
    sign_ups.submit(fresh(sign_up), by=story.officer)
    reviews.take_on(fresh(sign_up), by=manager)
    SignUp.objects.update(email_evidence="unknown")
    return fresh(sign_up)


def test_staff_confirm_all_that_forbids_acceptance_by_the_forms_on_the_page(staffed, to_confirm):
    page = f"/admin/sign-ups/{to_confirm.reference}/"
    assert len(Readiness(to_confirm).reasons) == 4
    forms = dict(FORM.findall(staffed.get(page).content.decode()))
    confirming = [at for at in forms if re.search(r"confirm/|call-back/|/decision/", at)]
    assert len(confirming) == 4

    for at in confirming:
        sent = staffed.post(at, dict(HIDDEN.findall(forms[at])) | {"how": "Rang the council"})
        assert sent.status_code == 302, at
    assert Readiness(fresh(to_confirm)).reasons == []


def test_no_form_of_a_review_lacks_its_token(staffed, to_confirm):
    text = staffed.get(f"/admin/sign-ups/{to_confirm.reference}/").content.decode()

    forms = dict(FORM.findall(text))
    assert len(forms) >= 8
    assert [at for at, form in forms.items() if "csrfmiddlewaretoken" not in form] == []
