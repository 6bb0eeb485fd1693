"""Two accounts of one person become one: nothing is lost, and the closed one is closed."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network import permissions
from network.actions import departures, memberships, people, reviews
from network.choices import AccessStatus, CollaboratorRole, RepresentativeRole
from network.models import AccessRequest, Event, PersonMerge, Refused, SignUp, Withdrawal
from network.tests.factories import Story, fresh
from portal.models import OutboxMessage, User

PAGE = reverse("network_staff:merge_people")


@pytest.fixture
def old(db) -> User:
    """An officer's first account."""
    return person("pri@oldford.example")


@pytest.fixture
def new(db) -> User:
    """The same officer's second account."""
    return person("pri@newford.gov.uk", first_name="Pri", last_name="Patel")


def merge(new: User, old: User, manager: User) -> PersonMerge:
    return people.merge_people(new, old, by=manager, how="I called her")


def member_of(council, *people_: tuple[User, RepresentativeRole]):
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    for who, role in people_:
        people.represent(made, who, role)
    return made


def test_everything_one_account_held_is_the_others(new, old, manager, council):
    sign_up = Story(council, old).filled_in()
    invitation = people.invite(sign_up, by=old, email="x@leeming.gov.uk")
    other = member_of(make_council(), (old, RepresentativeRole.LEAD))
    departures.ask_to_leave(
        other, by=old, effective_on=timezone.localdate(), decision_url="https://x.example/"
    )
    third = member_of(make_council())
    asked = people.ask_access(third, by=old, name="Pri", job_title="x", message="")
    merge(new, old, manager)

    assert fresh(sign_up).lead() == new
    assert other.lead() == new
    invitation.refresh_from_db()
    asked.refresh_from_db()
    assert (invitation.by, asked.user, asked.status) == (new, new, AccessStatus.OPEN)
    assert Withdrawal.objects.get().asked_by == new
    assert not old.collaborations.exists() and not old.representations.exists()
    assert {e.email for e in EmailAddress.objects.filter(user=new)} == {
        "pri@oldford.example",
        "pri@newford.gov.uk",
    }
    assert EmailAddress.objects.get(user=new, primary=True).email == "pri@newford.gov.uk"
    about = Event.objects.filter(what="person.merged")
    assert {(e.sign_up_id, e.membership_id) for e in about} == {
        (sign_up.pk, None),
        (None, other.pk),
    }
    assert all("I called her" in each.why and each.by == manager for each in about)


@pytest.mark.parametrize("leads", ["old", "new"])
def test_the_higher_of_two_roles_stays(new, old, manager, council, leads):
    lead, colleague = (old, new) if leads == "old" else (new, old)
    sign_up = Story(council, lead).filled_in()
    people.join(sign_up, colleague)
    member = member_of(
        make_council(), (lead, RepresentativeRole.LEAD), (colleague, RepresentativeRole.VIEWER)
    )
    for who in (old, new):  # as if asked from each before
        AccessRequest.objects.create(membership=member, user=who, name="P", job_title="x")
    merge(new, old, manager)
    [place] = sign_up.collaborators.all()
    assert (place.user, place.role) == (new, CollaboratorRole.LEAD)
    [role] = member.representatives.current()
    assert (role.user, role.role) == (new, RepresentativeRole.LEAD)
    assert AccessRequest.objects.filter(user=new, status=AccessStatus.OPEN).count() == 1


def test_closed_account_cannot_be_entered(new, old, manager, as_, client):
    old.set_password("a password of the old one")
    old.save()
    browser = as_(old)
    Authenticator.objects.create(user=old, type="totp", data={"secret": "x"})
    assert browser.get("/my/").status_code == 200
    UserSession.objects.create(user=old, session_key="elsewhere", ip="127.0.0.1", user_agent="x")
    merge(new, old, manager)
    assert browser.get("/my/").status_code == 302
    old.refresh_from_db()
    assert not old.is_active and not old.has_usable_password()
    assert not old.authenticator_set.exists() and not old.usersession_set.exists()
    assert not client.login(email="pri@oldford.example", password="a password of the old one")
    assert str(old) == "pri@oldford.example"  # history still says who


def test_old_address_signs_in_to_the_kept_account(new, old, manager, client):
    merge(new, old, manager)
    given = {"login": "pri@oldford.example", "password": "correct horse battery"}
    client.post("/accounts/login/", given)
    assert client.session.get("_auth_user_id") in {str(new.pk), None}
    assert client.session.get("_auth_user_id") != str(old.pk)
    assert EmailAddress.objects.get(email="pri@oldford.example").user == new


def test_both_addresses_are_told(new, old, manager):
    merge(new, old, manager)
    told = OutboxMessage.objects.filter(kind="network.people_merged")
    assert {row.to for row in told} == {"pri@oldford.example", "pri@newford.gov.uk"}


def test_history_stays_and_counts_against_who_becomes_a_manager(new, old, manager, council):
    sign_up = Story(council, old).filled_in()
    story = Story(council, old)
    assert sign_up.events.filter(by=old).exists() and story
    merge(new, old, manager)
    assert sign_up.events.filter(by=old).exists()
    new.collaborations.all().delete()
    assert permissions.has_worked_on(new, SignUp.objects.get(pk=sign_up.pk))


def test_merge_after_a_merge_leads_to_the_last(new, old, manager):
    last = person("pri@lastford.gov.uk")
    merge(new, old, manager)
    merge(last, new, manager)
    assert {m.kept for m in PersonMerge.objects.all()} == {last}
    assert EmailAddress.objects.filter(user=last).count() == 3


def test_accounts_of_staff_and_closed_or_equal_ones_are_refused(new, old, manager, editor):
    for kept, closed in [(new, editor), (editor, new)]:
        with pytest.raises(Refused, match="member of staff"):
            merge(kept, closed, manager)
    with pytest.raises(Refused, match="one account already"):
        merge(new, new, manager)
    with pytest.raises(PermissionDenied):
        merge(manager, new, manager)
    merge(new, old, manager)
    with pytest.raises(Refused, match="is closed"):
        merge(new, old, manager)


def test_manager_compares_and_confirms(staff, manager, new, old, council):
    sign_up = Story(council, old).in_review(manager)
    browser = staff(manager)
    assert browser.get(PAGE).status_code == 200
    two = {"keep": "PRI@newford.gov.uk", "close": old.email}
    page = browser.post(PAGE, two).content.decode()
    assert sign_up.reference in page and "How do you know" in page
    assert not PersonMerge.objects.exists()
    page = browser.post(PAGE, two | {"how": ""})
    assert "Enter how you know" in page.content.decode()
    first = super(type(browser), browser).post(PAGE, two | {"how": "I called"})
    assert "Your two Keep it Local accounts are now one" in first.content.decode()
    assert not PersonMerge.objects.exists()
    done = browser.post(PAGE, two | {"how": "I called"})
    assert done.url == PAGE
    assert PersonMerge.objects.get().kept == new


@pytest.mark.parametrize(
    ("two", "said"),
    [
        ({"keep": "nobody@x.example"}, "No account has the email address"),
        ({"keep": "pri@oldford.example"}, "These are one account already"),
        ({"keep": "edith@network.example"}, "member of staff"),
    ],
)
def test_wrong_addresses_are_said(staff, manager, new, old, editor, two, said):
    given = {"keep": new.email, "close": old.email, "how": "I called"} | two
    page = staff(manager).post(PAGE, given)
    assert page.status_code == 200 and said in page.content.decode()
    assert not PersonMerge.objects.exists()


def test_nobody_else_merges(staff, as_, editor, officer, new, old):
    given = {"keep": new.email, "close": old.email, "how": "x"}
    assert staff(editor).post(PAGE, given).url == reverse("wagtailadmin_home")
    assert as_(officer).post(PAGE, given).status_code == 403
    assert as_().get(PAGE).url.startswith("/accounts/login/")
    assert not PersonMerge.objects.exists()


def test_reviews_go_on_after_a_merge(new, old, manager, council):
    sign_up = Story(council, old).in_review(manager)
    merge(new, old, manager)
    SignUp.objects.update(email_evidence="matched")
    made = reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())
    assert made.lead() == new
