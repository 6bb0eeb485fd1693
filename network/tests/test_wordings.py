"""Versions of the wording: frozen, replaced, and signatures that stop counting."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network.actions import requests, reviews, signing, tasks, wordings
from network.choices import Office, RequestStatus, Route, SignUpTask
from network.models import Collaborator, Endorsement, EndorsementWording, Event, Refused
from network.readiness import Readiness, checks_of
from network.tests.factories import ENDORSERS, Story, approve_wording, fresh, hour_of, nell
from portal.mail import outbox
from portal.models import OutboxMessage

NEW = "On behalf of {council}, we endorse the six principles, and say so more plainly."


@pytest.fixture
def staff(staff, manager):
    """The manager's browser, with a second factor."""
    return staff(manager)


def address(name: str, *args: object) -> str:
    return reverse(f"network_staff:{name}", args=args)


def bodies(to: str) -> list[str]:
    mail.outbox.clear()
    outbox.send_due.func()
    return [m.body for m in mail.outbox if m.to == [to]]


def shown(version: int) -> dict[str, str]:
    """Return form data with the hash of a version's text."""
    return {"shown": EndorsementWording.objects.get(version=version).hash}


def test_staff_write_change_and_approve_a_version(staff):
    staff.post(address("write_wording"), {"text": NEW})
    staff.post(address("rewrite_wording", 2), {"text": NEW + " Together."} | shown(2))
    wording = EndorsementWording.objects.get(version=2)
    assert wording.text.endswith("Together.")
    assert not wording.is_approved

    staff.post(address("approve_wording", 2), EVIDENCE | shown(2))
    staff.post(
        address("approve_wording", 2), EVIDENCE | {"approved_by_name": "Somebody Else"} | shown(2)
    )
    wording.refresh_from_db()
    assert wording.text.endswith("Together.")
    assert wording.approved_by_name == "Somebody Else", "recorded anew until it is confirmed"
    wordings.confirm_approval(wording, by=nell())
    assert Event.objects.filter(what="wording.approved").count() == 1
    frozen = staff.post(address("rewrite_wording", 2), {"text": NEW + " Mine."} | shown(2))
    assert (
        " Mine." in frozen.content.decode()
        and "You cannot change this wording" in frozen.content.decode()
    )


@pytest.mark.parametrize("text", ["", "  ", "Without the place for its name", "x" * 9000])
def test_a_wording_that_makes_no_sense_is_not_kept(staff, text):
    page = staff.post(address("write_wording"), {"text": text})

    assert page.status_code == 200
    assert EndorsementWording.objects.count() == 1


def test_a_pinned_wording_is_frozen(story, manager, settings):
    settings.DEBUG = True  # only there may a draft be pinned
    sign_up = story.filled_in()
    requests.ask_endorsers(sign_up, by=story.officer)

    with pytest.raises(Refused, match="You cannot change this wording"):
        wordings.rewrite_wording(fresh(sign_up).wording, by=manager, text=NEW)


ACTS = ["call_back", "move_wording", "confirm_decision", "confirm_signature", "strike_out"]


def act(name: str, sign_up) -> str:
    """Return the address of an action, for the leader's signature if it needs one."""
    about = [sign_up.reference]
    if name in ("confirm_signature", "strike_out"):
        about.append(sign_up.endorsements.get(office=Office.LEADER).pk)
    return address(name, *about)


@pytest.mark.parametrize("name", ACTS)
def test_who_is_no_manager_looks_into_nothing(as_, story, officer, stranger, editor, staff, name):
    sign_up = story.submitted()
    path, before = act(name, sign_up), Event.objects.count()
    Authenticator.objects.create(user=editor, type="totp", data={"secret": "x"})
    for who in (None, officer, stranger, editor):
        answer = as_(who).post(path, {"how": "x", "why": "x"})
        assert answer.status_code in (302, 403)

    assert staff.get(path).status_code == 405
    assert Event.objects.count() == before


def test_a_signature_of_another_sign_up_is_not_found(staff, story, officer):
    signature = story.submitted().endorsements.first()
    other = Story(make_council(), officer).submitted()
    path = address("strike_out", other.reference, signature.pk)

    assert staff.post(path, {"why": "x"}).status_code == 404
    signature.refresh_from_db()
    assert signature.struck_out_at is None


def test_one_mailbox_for_both_is_flagged_to_who_reviews(staff, story, manager):
    sign_up = story.in_review(manager)
    sign_up.requests.update(email="office@leeming.gov.uk")
    checks = staff.get(address("sign_up", sign_up.reference)).context["checks"]

    flagged = [question for question, fine in checks.items() if not fine]
    assert len(flagged) == 1 and "one mailbox for both is allowed" in flagged[0]


@pytest.mark.parametrize("name", ["wordings", "write_wording"])
def test_editors_do_not_see_wordings(as_, editor, name):
    Authenticator.objects.create(user=editor, type="totp", data={"secret": "x"})
    assert as_(editor).get(address(name)).url == reverse("wagtailadmin_home")


def test_moving_the_wording_after_the_leader_signed_asks_both_again_and_tells_the_officer(
    client, story, manager, officer
):
    sign_up = story.signed(Office.LEADER)
    other = wordings.write_wording(by=manager, text=NEW)
    approve_wording(other)
    old = [r.token for r in sign_up.current_requests()]
    outbox.send_due.func()
    wordings.move_to_wording(sign_up, other, by=manager, why="Plainer words")

    moved = fresh(sign_up)
    assert moved.wording == other
    assert not moved.is_endorsed()
    assert {r.status for r in moved.current_requests()} == {RequestStatus.SENT}
    assert Endorsement.objects.get().wording != other
    for token in old:
        assert client.get(f"/endorse/{token}/").status_code == 410
    assert requests.chase_due() == 0
    mail.outbox.clear()
    outbox.send_due.func()
    to = sorted(m.to[0] for m in mail.outbox)
    assert to == ["cheng@leeming.gov.uk", "lena@leeming.gov.uk", officer.email]
    letter = {m.to[0]: m.body for m in mail.outbox}
    assert "no longer counts" in letter["lena@leeming.gov.uk"]
    assert "Plainer words" in letter[officer.email]


def test_changing_a_telephone_number_asks_nobody_again(story, officer):
    sign_up = story.signed(Office.LEADER)
    about = {"name": "Olive Officer", "job_title": "Adviser", "phone": "0113 496 0000"}
    tasks.save_task(sign_up, "about_you", by=officer, answers=about)

    assert fresh(sign_up).request_of(Office.LEADER).status == RequestStatus.SIGNED
    assert fresh(sign_up).counting_endorsements().count() == 1


def test_signatures_are_given_after_sending_where_the_wording_moved(
    client, as_, story, manager, officer
):
    sign_up = story.in_review(manager)
    wording = wordings.write_wording(by=manager, text=NEW)
    with pytest.raises(Refused, match="not approved"):
        wordings.move_to_wording(sign_up, wording, by=manager, why="x")
    approve_wording(wording)
    wordings.move_to_wording(sign_up, wording, by=manager, why="x")
    today = timezone.localdate()
    with pytest.raises(Refused, match="A signature for the current wording"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today))

    # The officer may still change who is asked; the link works; then it can be accepted.
    endorsers = reverse("network:sign_up_endorsers", args=[sign_up.reference])
    assert as_(officer).get(endorsers).status_code == 200
    for request in fresh(sign_up).current_requests():
        shown = fresh(sign_up).fingerprint
        data = {"name": request.name, "role": request.role, "has_authority": "on", "shown": shown}
        client.post(reverse("network:endorse", args=[request.token]), data | {"sign": "yes"})
    assert as_(officer).get(endorsers).url == sign_up.get_absolute_url()
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today))


def test_a_struck_out_signature_counts_no_more_and_the_office_is_asked_again(
    staff, story, manager, officer
):
    sign_up = story.in_review(manager)
    forged = sign_up.endorsements.get(office=Office.LEADER)
    outbox.send_due.func()
    strike = address("strike_out", sign_up.reference, forged.pk)
    page = staff.post(strike, {"why": ""})
    assert "Enter the reason" in page.content.decode()
    staff.post(strike, {"why": "The leader was abroad and never saw it"})
    staff.post(strike, {"why": "Twice"})

    forged.refresh_from_db()
    assert forged.struck_out_why == "The leader was abroad and never saw it"
    assert Event.objects.get(what="endorsement.struck_out").by == manager
    assert not fresh(sign_up).is_endorsed()
    (told,) = bodies(officer.email)
    assert "never saw it" in told

    who = ENDORSERS[Office.LEADER]
    requests.save_endorser(fresh(sign_up), by=officer, office=Office.LEADER, **who)
    requests.ask_endorsers(fresh(sign_up), by=officer)
    (asked,) = bodies(who["email"])
    assert "We removed a signature" in asked
    again = fresh(sign_up).request_of(Office.LEADER)
    shown = fresh(sign_up).fingerprint
    signing.endorse(again, name=again.name, role=again.role, shown=shown)
    assert fresh(sign_up).is_endorsed()


def test_a_signature_that_is_public_leaves_the_record_when_it_is_struck_out(client, story, manager):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    signature = sign_up.endorsements.get(office=Office.LEADER)
    signing.strike_out(signature, by=manager, why="Forged by Fred")
    text = client.get("/councils/leeming/endorsement/").content.decode()

    assert "Lena Leader" not in text
    assert "was later removed" in text
    assert "Forged by Fred" not in text
    assert "Lena Leader" not in client.get("/councils/leeming/").content.decode()
    assert OutboxMessage.objects.filter(kind="network.signature_struck_out").count() == 1


@pytest.mark.usefixtures("another_manager")
@pytest.mark.parametrize("name", ["move_wording", "call_back", "confirm_decision"])
def test_who_works_on_it_looks_into_nothing(staff, council, manager, name):
    sign_up = Story(council, manager).submitted()
    before = Event.objects.count()
    staff.post(address(name, sign_up.reference), {"why": "x", "how": "x"})

    assert Event.objects.count() == before


def test_the_page_offers_to_move_and_staff_move_it(staff, story, manager):
    sign_up = story.in_review(manager)
    wording = wordings.write_wording(by=manager, text=NEW)
    text = staff.get(address("sign_up", sign_up.reference)).content.decode()
    assert "Move to version 2" not in text
    approve_wording(wording)
    text = staff.get(address("sign_up", sign_up.reference)).content.decode()
    assert "Move to version 2" in text

    staff.post(address("move_wording", sign_up.reference), {"why": "Plainer"})
    assert fresh(sign_up).wording == wording


def test_a_new_draft_stops_nobody_from_asking_and_is_what_staff_go_on_with(story, manager, staff):
    sign_up = story.filled_in()
    approved = EndorsementWording.objects.newest()
    approve_wording(approved)
    wordings.write_wording(by=manager, text=NEW + " A draft.")
    requests.ask_endorsers(sign_up, by=story.officer)

    assert fresh(sign_up).wording == approved
    assert " A draft." in staff.get(address("write_wording")).content.decode()


def test_nobody_approves_or_rewrites_a_text_that_they_have_not_seen(staff, manager):
    draft = wordings.write_wording(by=manager, text=NEW)
    old = shown(2)
    wordings.rewrite_wording(draft, by=manager, text=NEW + " Theirs.")
    staff.post(address("approve_wording", 2), EVIDENCE | old)
    page = staff.post(address("rewrite_wording", 2), {"text": NEW + " Mine."} | old)

    draft.refresh_from_db()
    assert not draft.is_approved
    assert draft.text.endswith("Theirs.")
    text = page.content.decode()
    assert " Mine." in text and " Theirs." in text
    assert shown(2)["shown"] in text

    staff.post(address("rewrite_wording", 2), {"text": NEW + " Mine."} | shown(2))
    draft.refresh_from_db()
    assert draft.text.endswith("Mine.")


def test_moving_the_wording_asks_nobody_where_the_council_decides_alone(story, officer, manager):
    sign_up = story.signed()
    route = {"route": Route.DECISION}
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers=route)
    wording = wordings.write_wording(by=manager, text=NEW)
    approve_wording(wording)
    before = OutboxMessage.objects.filter(kind="network.endorsement_request").count()
    wordings.move_to_wording(fresh(sign_up), wording, by=manager, why="Plainer")

    assert OutboxMessage.objects.filter(kind="network.endorsement_request").count() == before
    assert fresh(sign_up).current_requests() == []


def test_a_reason_that_is_refused_is_not_lost(staff, story, manager):
    sign_up = story.submitted()
    signature = sign_up.endorsements.get(office=Office.LEADER)
    strike = address("strike_out", sign_up.reference, signature.pk)
    long = "Forged, and " * 300
    page = staff.post(strike, {"why": long}).content.decode()
    assert "There is a problem" in page
    assert "<details open>" in page
    assert page.count(long.strip()) == 1

    signing.strike_out(signature, by=manager, why="First")
    late = staff.post(strike, {"why": "A reason of twenty lines"}).content.decode()
    assert "already been removed" in late
    assert "A reason of twenty lines" in late


def test_the_council_and_staff_read_that_a_signature_is_missing_again(as_, staff, story, manager):
    sign_up = story.in_review(manager)
    signing.strike_out(sign_up.endorsements.first(), by=manager, why="Forged")
    text = as_(story.officer).get(sign_up.get_absolute_url()).content.decode()

    assert "Something is missing again" in text and "We have it" not in text
    sign_off = reverse("network:sign_up_sign_off", args=[sign_up.reference])
    said = as_(story.officer).get(sign_off).content.decode()
    assert "removed the signature of" in said and ": Forged" in said
    assert Readiness(fresh(sign_up)).next_action == "The council: a signature is missing"


def test_an_endorser_at_the_address_of_a_former_lead_is_flagged(staff, story, officer, manager):
    sign_up = story.in_review(manager)
    question = "Neither email address belongs to someone who worked on this application"
    assert checks_of(Readiness(sign_up))[question] is True

    sign_up.collaborators.all().delete()
    sign_up.requests.filter(office=Office.LEADER).update(email=officer.email.upper())
    Collaborator.objects.create(sign_up=sign_up, user=manager, role="lead")
    assert checks_of(Readiness(fresh(sign_up)))[question] is False


EVIDENCE = {"approved_by_name": "Nell, Director", "evidence": "Minutes of the board, 1 March 2026"}


def test_an_approval_waits_for_a_second_manager(staff, as_, manager):
    approve_wording()
    made = wordings.write_wording(by=manager, text=NEW)
    other = person("nora@network.example", group="Network managers")
    staff.post(address("approve_wording", 2), EVIDENCE | shown(2))
    made.refresh_from_db()
    assert made.waits_for_second and not made.is_approved
    assert EndorsementWording.objects.newest().version == 1
    assert Event.objects.get(what="wording.approval_recorded", wording=made).by == manager
    assert not OutboxMessage.objects.filter(to=other.email).exists()  # it is on her desk
    text = staff.get(address("wordings")).content.decode()
    assert "Someone else has to confirm" in text and EVIDENCE["evidence"] in text
    assert "Confirm the approval of version 2" not in text  # they recorded it

    assert staff.post(address("confirm_approval", 2), shown(2)).status_code == 302
    made.refresh_from_db()
    assert not made.is_approved
    Authenticator.objects.create(user=other, type="totp", data={"secret": "x"})
    hers = as_(other)
    assert "Confirm the approval of version 2" in hers.get(address("wordings")).content.decode()
    page = hers.post(address("confirm_approval", 2), shown(2))
    assert "This is about every council" in page.content.decode()
    made.refresh_from_db()
    assert not made.is_approved  # she has only been shown what it means
    hers.post(address("confirm_approval", 2), shown(2) | {"confirmed": page.context["fingerprint"]})
    made.refresh_from_db()
    assert made.is_approved and made.approval_confirmed_by == other
    assert EndorsementWording.objects.newest() == made


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("", "Enter the evidence"),
        ("x", "at least 20 characters, or a link"),
        ("\x07" * 30, "Enter the evidence"),
    ],
)
def test_an_approval_needs_evidence(staff, manager, evidence, said):
    wordings.write_wording(by=manager, text=NEW)
    page = staff.post(address("approve_wording", 2), EVIDENCE | {"evidence": evidence} | shown(2))
    assert said in page.content.decode() and EVIDENCE["approved_by_name"] in page.content.decode()
    assert not EndorsementWording.objects.get(version=2).approved_by_name


def test_a_link_is_evidence_enough_and_going_back_keeps_it(staff, manager):
    wordings.write_wording(by=manager, text=NEW)
    typed = EVIDENCE | {"evidence": "https://x.uk/1"} | shown(2)
    page = staff.post(address("approve_wording", 2), typed | {"change": "yes"})
    assert "https://x.uk/1" in page.content.decode()
    assert not EndorsementWording.objects.get(version=2).approved_by_name
    staff.post(address("approve_wording", 2), typed)
    assert EndorsementWording.objects.get(version=2).approval_evidence == "https://x.uk/1"


def test_another_text_has_to_be_approved_again(staff, manager):
    made = wordings.write_wording(by=manager, text=NEW)
    wordings.approve_wording(made, by=manager, **EVIDENCE)
    other = person("nora@network.example", group="Network managers")
    before = shown(2)["shown"]
    wordings.rewrite_wording(made, by=manager, text=NEW + " Together.")
    made.refresh_from_db()
    assert not made.waits_for_second and made.approval_evidence == ""
    with pytest.raises(Refused, match="recorded an approval"):
        wordings.confirm_approval(made, by=other)
    wordings.approve_wording(made, by=manager, **EVIDENCE)
    with pytest.raises(Refused, match="changed this draft"):
        wordings.confirm_approval(made, by=other, shown=before)
    wordings.confirm_approval(made, by=other)
    with pytest.raises(Refused, match="already been approved"):
        wordings.confirm_approval(made, by=other)
