"""What is held about someone: found, copied, erased; and what stays."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from conftest import person as make_person
from councils.tests.factories import make_council
from network.actions import (
    claims,
    departures,
    memberships,
    notes,
    offices,
    people,
    personal_data,
    reviews,
)
from network.choices import MembershipStatus, Office, RepresentativeRole
from network.models import (
    Champion,
    Endorsement,
    EndorsementRequest,
    Event,
    Membership,
    Note,
    Refused,
    Representative,
    SignUp,
    TaskSave,
)
from network.tests.factories import Story
from portal.models import OutboxMessage, User
from portal.personal_data import registry
from portal.personal_data.registry import ERASED, NOBODY, Fate, key_of, person_of, person_with
from portal.signals import public_changed

LENA, OLIVE = "lena@leeming.gov.uk", "olive@leeming.gov.uk"
PAGE = "network_staff:person"


@pytest.fixture
def member(council, officer, manager):
    """Leeming, announced, with a signature of its leader and an officer who leads."""
    sign_up = Story(council, officer).in_review(manager)
    SignUp.objects.update(email_evidence="matched")
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    return SignUp.objects.get(pk=sign_up.pk).membership


@pytest.fixture
def successor(member, manager):
    """The colleague who leads for Leeming now, so that Olive can go."""
    pat = make_person("pat@leeming.gov.uk", first_name="Pat", last_name="Successor")
    people.represent(member, pat, RepresentativeRole.CONTRIBUTOR)
    olive = User.objects.get(email=OLIVE)
    people.hand_over_member(member, by=olive, to=pat)
    return pat


def every_text() -> str:
    """Return all that the database holds, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(found)


def erase(address: str, manager: User, *names: str, **given) -> int:
    who = person_with(address, *names)
    given.setdefault("why", "They wrote to us")
    return personal_data.erase(who, by=manager, tell=address, **given)


def all_of(who) -> list[str]:
    return [key_of(row) for each in registry.find(who, for_staff=True) for row in each.perhaps]


def test_erased_officer_is_named_nowhere_in_the_database(member, successor, manager, officer):
    notes.write_note(member.council, by=manager, text=f"Spoke to {OLIVE}", who="Olive Officer")
    who = person_of(officer)
    erase(OLIVE, manager, why=f"Olive Officer ({OLIVE}) wrote on 3 March", also=all_of(who))

    # All but the email that says that it is done, whose address goes after 30 days.
    named = [text for text in every_text().split("\n") if re.search(r"\bolive\b", text, re.I)]
    assert len(named) == 1 and "network.person_erased" in named[0], named
    assert [m.kind for m in OutboxMessage.objects.filter(to=OLIVE)] == ["network.person_erased"]
    event = Event.objects.get(what="person.erased")
    assert (event.by, event.why) == (manager, f"{ERASED} ({ERASED}) wrote on 3 March")


def test_erased_account_can_do_nothing_any_more(member, successor, manager, officer, as_, client):
    browser = as_(officer)
    assert browser.get("/my/data/").status_code == 200
    erase(OLIVE, manager)
    officer.refresh_from_db()
    assert browser.get("/my/data/").status_code == 302
    assert not officer.is_active and not officer.has_usable_password()
    assert not Representative.objects.current().filter(user=officer).exists()
    assert not EmailAddress.objects.filter(user=officer).exists()
    assert not client.login(email=OLIVE, password="correct horse battery")
    assert str(officer) == ERASED


def test_history_keeps_each_step_without_the_name(member, successor, manager, officer):
    before = list(Event.objects.filter(by=officer).values_list("pk", "what", "at"))
    assert before
    erase(OLIVE, manager)
    after = Event.objects.filter(pk__in=[pk for pk, *_ in before])
    assert list(after.values_list("pk", "what", "at")) == before
    assert {event.by_label for event in after} == {ERASED}
    assert {event.by for event in after} == {officer}  # the account, which names nobody


def test_signature_stays_and_the_address_goes(member, manager, client):
    erase(LENA, manager)
    signature = Endorsement.objects.get(office="leader")
    assert (signature.name, signature.request.email) == ("Lena Leader", NOBODY)
    public = client.get(f"/councils/{member.council.slug}/endorsement/").content.decode()
    assert "Lena Leader" in public
    assert LENA not in [*EndorsementRequest.objects.values_list("email", flat=True)]
    assert LENA not in json.dumps([*TaskSave.objects.values_list("answers", flat=True)])


def test_champion_who_is_erased_is_public_no_more(member, manager, client):
    champion = Champion.objects.get(membership=member, kind="political")
    public = f"/councils/{member.council.slug}/"
    assert champion.name in client.get(public).content.decode()
    who = person_with("", champion.name)
    assert not registry.chosen(registry.find(who, for_staff=True), [])  # by name alone: nothing
    personal_data.erase(who, by=manager, why="x", also=all_of(who))
    champion.refresh_from_db()
    assert (champion.name, champion.may_be_published) == (ERASED, False)
    assert champion.until == timezone.localdate()
    assert "Champion Lead councillor" not in client.get(public).content.decode()
    assert not OutboxMessage.objects.filter(kind="network.person_erased").exists()


def test_someone_of_the_same_name_stays_unless_staff_choose_the_row(member, manager, successor):
    note = notes.write_note(member.council, by=manager, text="x", who="Olive Officer")
    other = notes.write_note(member.council, by=manager, text="y", who="Olive Officer")
    erase(OLIVE, manager, also=[key_of(note)])
    note, other = Note.objects.get(pk=note.pk), Note.objects.get(pk=other.pk)
    assert (note.who, other.who) == (ERASED, "Olive Officer")


def test_row_with_an_address_that_was_not_looked_up_is_refused(council, officer, manager):
    Story(council, officer).asked()
    who = person_with("", "Lena Leader")
    with pytest.raises(Refused, match=LENA):
        personal_data.erase(who, by=manager, why="x", also=all_of(who))
    assert EndorsementRequest.objects.filter(email=LENA).exists()


def test_council_whose_page_named_them_is_made_again(member, successor, manager, officer):
    told = []
    heard = lambda sender, instance, **kwargs: told.append(instance)  # noqa: E731
    public_changed.connect(heard)
    try:
        erase(OLIVE, manager)
    finally:
        public_changed.disconnect(heard)
    assert told == [member.council]


def test_row_of_someone_else_that_names_them_loses_their_words_only(member, manager, successor):
    claim = {"email": "x@leeming.gov.uk", "name": "X Other", "job_title": "Adviser"}
    made = member.claims.create(
        verified_how=f"Asked {OLIVE}", by=manager, status="expired", **claim
    )
    erase(OLIVE, manager)
    made.refresh_from_db()
    assert (made.name, made.email, made.verified_how) == (
        "X Other",
        "x@leeming.gov.uk",
        f"Asked {ERASED}",
    )


@pytest.mark.parametrize("state", ["leads a member", "leads an application", "is asked", "staff"])
def test_erasure_is_refused_while_something_has_to_be_done_first(
    state, council, officer, manager, editor, request
):
    address, said = OLIVE, "Hand over first"
    if state == "leads a member":
        request.getfixturevalue("member")
    elif state == "leads an application":
        Story(council, officer).started()
    elif state == "is asked":
        Story(council, officer).asked()
        address, said = LENA, "Someone else must be named first"
    else:
        address, said = editor.email, "member of staff"
    before = every_text()
    with pytest.raises(Refused, match=said):
        erase(address, manager)
    assert every_text() == before


def test_other_things_that_have_to_be_done_first_are_said(member, successor, manager):
    pat = User.objects.get(pk=successor.pk)
    people.remove_representative(member.representatives.current().get(user__email=OLIVE), by=pat)
    people.invite_representative(member, by=pat, email=OLIVE, role=RepresentativeRole.VIEWER)
    (reason,) = personal_data.first(person_with(OLIVE))
    assert "Cancel the invitation first" in reason


def test_who_holds_a_role_or_is_asked_to_confirm_is_erased_after_that(member, successor, manager):
    pat = User.objects.get(pk=successor.pk)
    given = {"office": Office.LEADER, "name": "Noor New", "role": "Leader"}
    offices.record_office_change(
        member, by=pat, since=timezone.localdate(), email="noor@leeming.gov.uk", **given
    )
    given = {"office": Office.CHIEF_EXECUTIVE, "name": "Cheng Chief", "role": "Chief Executive"}
    departures.ask_to_leave(
        member, by=pat, effective_on=timezone.localdate(), email="cheng@leeming.gov.uk", **given
    )
    named = ("noor@leeming.gov.uk", "cheng@leeming.gov.uk")
    said = " ".join(why for each in named for why in personal_data.first(person_with(each)))
    assert "They are on record as" in said and "Record who holds the role now" in said
    assert "They were asked to confirm that Leeming" in said


def test_who_is_invited_to_claim_a_member_is_erased_after_that(manager):
    other = memberships.record_existing_membership(
        make_council(), by="test", joined_on=None, joined_precision="not_known"
    )
    robin = {"name": "Robin", "job_title": "Officer", "email": "robin@leeming.gov.uk"}
    claims.invite_to_claim(other, by=manager, verified_how="Called", **robin)
    (reason,) = personal_data.first(person_with(robin["email"]))
    assert "invited to act for" in reason and "Cancel the invitation" in reason


def test_lead_of_a_member_that_has_left_is_not_in_the_way(member, manager):
    Membership.objects.update(status=MembershipStatus.WITHDRAWN)
    assert not any("lead contact" in each for each in personal_data.first(person_with(OLIVE)))


def test_erasure_is_all_or_nothing(member, successor, manager, monkeypatch):
    def fail(account):
        raise RuntimeError("the power went")

    monkeypatch.setattr(personal_data, "_close", fail)
    before = every_text()
    with pytest.raises(RuntimeError):
        erase(OLIVE, manager)
    assert every_text() == before


def test_nobody_is_erased_or_copied_by_themselves_or_by_others_than_managers(
    member, officer, manager, editor, stranger
):
    for by, address in [(manager, manager.email), (editor, OLIVE), (officer, OLIVE)]:
        for act in (personal_data.copy, lambda who, by: personal_data.erase(who, by=by, why="x")):
            with pytest.raises(PermissionDenied):
                act(person_with(address), by=by)


def test_person_of_whom_nothing_is_held_is_refused(manager):
    with pytest.raises(Refused, match="We hold nothing"):
        erase("nobody@nowhere.example", manager)
    with pytest.raises(Refused, match="We hold nothing"):
        personal_data.copy(person_with("nobody@nowhere.example"), by=manager)


def test_open_places_end_with_an_erasure(council, officer, manager, stranger, member):
    other = Story(make_council(name="Otherham"), stranger).started()
    colleague = make_person("cole@x.example", first_name="Cole", last_name="League")
    people.join(other, colleague)
    asked = people.ask_access(member, by=colleague, name="Cole League", job_title="x", message="")
    erase("cole@x.example", manager)
    asked.refresh_from_db()
    assert asked.status == "closed"
    assert not other.collaborators.filter(user=colleague).exists()
    assert other.collaborators.filter(user=stranger).exists()


def test_portrait_of_an_account_goes_once_the_erasure_is_kept(
    manager, stranger, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    profile = UserProfile.objects.create(user=stranger)
    profile.avatar.save("me.png", ContentFile(b"x"))
    with django_capture_on_commit_callbacks(execute=True):
        erase(stranger.email, manager)
        assert list(tmp_path.rglob("*.png"))  # a preview must not delete it
    assert not list(tmp_path.rglob("*.png"))
    assert not UserProfile.objects.filter(user=stranger).exists()


def test_merged_account_goes_with_the_one_that_was_kept(manager):
    kept, closed = make_person("new@x.example"), make_person("old@x.example", first_name="Priya")
    people.merge_people(kept, closed, by=manager, how="I called her")
    erase("new@x.example", manager)
    closed.refresh_from_db()
    assert (closed.first_name, closed.email) == (ERASED, f"closed-{closed.pk}@erased.invalid")
    merged = Event.objects.get(what="person.merged")
    assert merged.why == f"{ERASED} is now {ERASED}. I called her"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("To ann@x.uk, now", f"To {ERASED}, now"),
        ("joann@x.uk and ann@x.uk.com", "joann@x.uk and ann@x.uk.com"),
        ("ANN LEE (Ann Lee)", f"{ERASED} ({ERASED})"),
        ("Joann Leeming", "Joann Leeming"),
        ({"a": ["ann@x.uk", 7, None]}, {"a": [ERASED, 7, None]}),
        ({"email": "Ann@x.uk", "by": "Ann Lee, Leader"}, {"email": "", "by": f"{ERASED}, Leader"}),
    ],
)
def test_words_of_a_person_are_taken_out_and_no_others(text, after):
    who = registry.Person(addresses=frozenset({"ann@x.uk"}), names=frozenset({"Ann Lee", "Ann"}))
    assert who.redacted(text) == after
    assert registry.Person().redacted(text) == text


# The copy


def test_copy_has_everything_with_why_and_how_long(member, manager, officer):
    made = personal_data.copy(person_of(officer), by=manager)
    data = registry.as_data(made, person_of(officer))
    held = {each["what"]: each for each in data["held"]}
    for what in (
        "Your account",
        "Your roles for member councils",
        "What you saved in an application",
    ):
        assert held[what]["rows"] and held[what]["why"] and held[what]["kept"], what
    assert "Olive" in json.dumps(held["Your account"])
    [sent] = [
        row
        for row in held["What you did for a council or for the network"]["rows"]
        if row["What"] == "Sent the application to the network"
    ]
    assert sent["Council"] == "Leeming"
    assert "correct horse" not in json.dumps(data) and "argon2" not in json.dumps(data)
    assert Event.objects.get(what="person.copied").why == ""
    rows = list(registry.as_rows(made))
    assert len(rows[0]) == 6 and all(len(row) == 6 for row in rows)


def test_own_copy_leaves_out_what_can_be_about_others(member, manager, officer):
    notes.write_note(member.council, by=manager, text=f"Spoke to {OLIVE}")
    mine = registry.find(person_of(officer), for_staff=False)
    theirs = registry.find(person_of(officer), for_staff=True)
    notes_ = "Entries in our contact log that name you"
    assert notes_ in [each.held.what for each in theirs]
    assert notes_ not in [each.held.what for each in mine]
    assert not any(each.perhaps for each in mine)


def test_every_declaration_can_be_asked_about_anyone(db):
    who = registry.Person(
        frozenset({1, 2}), frozenset({"zoë@x.uk", "b@x.uk"}), frozenset({"Zoë Somebody"})
    )
    for held in registry.every():
        assert list(held.of(who)) == list(held.perhaps_of(who)) == [], held.what
        assert held.erase([], who) == 0


def test_rows_that_are_kept_as_they_are_are_never_written(member, manager, officer):
    for held in registry.every():
        if held.fate is Fate.STAYS:
            assert held.erase(list(held.rows), person_of(officer)) == 0


# The page


def test_page_is_for_managers_only_and_a_get_finds_nothing(staff, as_, manager, editor, officer):
    page = reverse(PAGE)
    assert staff(manager).get(page).status_code == 200
    assert staff(editor).get(page).url == reverse("wagtailadmin_home")
    assert as_(officer).get(page).status_code == 403
    assert as_(officer).post(page, {"address": OLIVE}).status_code == 403
    assert as_().get(page).url.startswith("/accounts/login/")
    assert staff(manager).get(f"{page}?address={OLIVE}").context.get("person") is None


def test_manager_finds_copies_and_erases(staff, manager, member, successor, officer):
    browser, page = staff(manager), reverse(PAGE)
    shown = browser.post(page, {"address": OLIVE.upper()}).content.decode()
    for said in ("Your account", "What stays:", "Olive Officer", "Download a spreadsheet"):
        assert said in shown, said
    csv = browser.post(page, {"address": OLIVE, "copy": "csv"})
    assert csv["Content-Type"].startswith("text/csv") and "attachment" in csv["Content-Disposition"]
    assert "Olive" in csv.content.decode() and "no-store" in csv["Cache-Control"]
    assert json.loads(browser.post(page, {"address": OLIVE, "copy": "json"}).content)["held"]
    wrong = browser.post(page, {"address": OLIVE, "erase": "yes", "why": ""})
    assert "Enter who asked and how you know" in wrong.content.decode()
    User.objects.get(email=OLIVE)
    sure = Client.post(browser, page, {"address": OLIVE, "erase": "yes", "why": "She wrote to us"})
    assert f"This is about Olive Officer, {OLIVE}." in sure.content.decode()
    done = browser.post(page, {"address": OLIVE, "erase": "yes", "why": "She wrote to us"})
    assert done.url == page
    assert not User.objects.filter(email=OLIVE).exists()
    assert OutboxMessage.objects.filter(kind="network.person_erased", to=OLIVE).exists()
    again = browser.post(page, {"address": OLIVE}).content.decode()
    assert "Your account" not in again and "Emails" in again  # the one that says it is done
    nothing = browser.post(page, {"address": "nobody@nowhere.example"})
    assert "We found nothing for nobody@nowhere.example" in nothing.content.decode()


def test_page_says_what_is_wrong(staff, manager, member, officer):
    browser, page = staff(manager), reverse(PAGE)
    assert "Enter an email address or a name" in browser.post(page, {}).content.decode()
    shown = browser.post(page, {"address": OLIVE}).content.decode()
    assert "This has to be done first" in shown and "Hand over first" in shown
    refused = browser.post(page, {"address": OLIVE, "erase": "yes", "why": "x"}).content.decode()
    assert "Hand over first" in refused
    mine = browser.post(page, {"address": manager.email}).content.decode()
    assert "Another network manager must look up" in mine and "Your account" not in mine
    nothing = browser.post(page, {"address": "a@nowhere.example", "copy": "csv"})
    nothing = nothing.content.decode()
    assert "We hold nothing about this person" in nothing and "You typed" not in nothing


# One's own copy


def test_person_reads_and_downloads_their_own(as_, member, officer, stranger):
    page = reverse("network:my_data")
    assert as_().get(page).url.startswith("/accounts/login/")
    mine = as_(officer).get(page)
    assert "Your roles for member councils: 1" in mine.content.decode()
    assert "no-store" in mine["Cache-Control"]
    assert "Leeming" not in as_(stranger).get(page).content.decode()
    data = json.loads(as_(officer).get(f"{page}?download=json").content)
    assert OLIVE in data["email_addresses"]
    csv = as_(officer).get(f"{page}?download=csv").content.decode()
    assert csv.startswith("\ufeffWhat it is,") and "Olive" in csv
    assert as_(officer).get(f"{page}?download=exe")["Content-Type"].startswith("text/html")
    assert "Olive" not in as_(stranger).get(f"{page}?download=csv").content.decode()
    assert as_(officer).post(page).status_code == 405
    assert not Event.objects.filter(what="person.copied").exists()  # a GET changes nothing
    assert page in as_(stranger).get("/my/").content.decode()
