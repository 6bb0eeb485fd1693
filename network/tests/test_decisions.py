"""Endorsement by a formal decision: entry, acceptance and the public record."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from network.actions import decisions, memberships, reviews, sign_ups, signing, tasks, wordings
from network.choices import MembershipStatus, Office, Precision, Route, SignUpStatus, SignUpTask
from network.models import Champion, FormalDecision, Membership, Refused, SignUp
from network.readiness import Gap, Readiness
from network.tests.factories import Story, approve_wording, fresh, hour_of, typed_hour


def days(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def decision(**changes) -> dict[str, object]:
    """A complete decision, in force."""
    return {
        "body": "cabinet",
        "body_name": "Cabinet",
        "decided_on": days(-20),
        "published_on": days(-19),
        "call_in_ends_on": days(-12),
        "takes_effect_on": days(-11),
        "minute_reference": "CAB-42",
        "link": "https://leeming.gov.uk/decisions/42",
        "wording_matches": True,
    } | changes


def typed(answers: dict[str, object]) -> dict[str, str]:
    """The form data of the decision."""
    data: dict[str, str] = {"version": "0"}
    for name, value in answers.items():
        if isinstance(value, date):
            parts = {"day": value.day, "month": value.month, "year": value.year}
            data |= {f"{name}_{part}": str(number) for part, number in parts.items()}
        elif value is True:
            data[name] = "on"
        elif value:
            data[name] = str(value)
    return data


@pytest.fixture
def deciding(story) -> SignUp:
    """A sign-up that endorses by a decision, with the wording approved."""
    approve_wording()
    sign_up = story.filled_in()
    route = {"route": Route.DECISION}
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=story.officer, answers=route)
    return fresh(sign_up)


def decided(sign_up: SignUp, by, **changes) -> SignUp:
    tasks.save_task(sign_up, SignUpTask.DECISION, by=by, answers=decision(**changes))
    return fresh(sign_up)


def in_review(sign_up: SignUp, officer, manager) -> SignUp:
    sign_ups.submit(sign_up, by=officer)
    reviews.take_on(fresh(sign_up), by=manager)
    return fresh(sign_up)


def page(name: str, sign_up: SignUp) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference])


def test_a_complete_decision_endorses_and_is_sent_without_a_signature(deciding, officer):
    assert Gap.DECISION in Readiness(deciding).before_sending
    sign_up = decided(deciding, officer)

    assert sign_up.is_endorsed()
    assert sign_up.wording.version == 1
    sign_ups.submit(sign_up, by=officer)
    assert fresh(sign_up).status == SignUpStatus.SUBMITTED


def test_both_needs_both(story, officer):
    sign_up = story.signed()
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers={"route": Route.BOTH})
    assert not fresh(sign_up).is_endorsed()
    assert fresh(sign_up).endorsements.counting().count() == 2

    assert decided(fresh(sign_up), officer).is_endorsed()


def test_the_route_page_changes_the_task_list(as_, story, officer):
    sign_up, browser = story.filled_in(), as_(officer)
    assert "Who can sign" not in browser.get(page("route", sign_up)).content.decode()
    browser.post(page("route", sign_up), {"route": "decision", "version": "0"})
    text = browser.get(sign_up.get_absolute_url()).content.decode()

    assert "The formal decision" in text
    assert "Your endorsers" not in text


def test_a_draft_of_a_decision_may_be_empty_and_is_kept(as_, deciding, officer):
    browser = as_(officer)
    assert browser.post(page("decision", deciding), {"version": "0"}).status_code == 302
    browser.post(page("decision", deciding), typed({"minute_reference": "CAB"}) | {"version": "1"})

    assert FormalDecision.objects.get().minute_reference == "CAB"
    assert 'value="CAB"' in browser.get(page("decision", deciding)).content.decode()
    assert not fresh(deciding).is_endorsed()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decided_on": days(1)}, "Date decided must be today or in the past"),
        ({"published_on": days(-30)}, "Published on must be the same as or after"),
        ({"call_in_ends_on": date(9999, 12, 31), "takes_effect_on": None}, "Check the year of"),
        ({"decided_on": date(26, 3, 2)}, "Check the year of"),
        ({"call_in_ends_on": days(-40)}, "Call-in ends on must be the same as or after"),
        ({"takes_effect_on": days(-40)}, "Takes effect on must be the same as or after"),
        ({"takes_effect_on": days(-13)}, "Takes effect on must be after the call-in ends"),
        ({"link": "javascript:alert(1)"}, "Enter a"),
        ({"link": "ftp://leeming.gov.uk/x"}, "Enter a"),
    ],
)
def test_dates_out_of_order_and_bad_links_get_a_message(as_, deciding, officer, changes, message):
    text = as_(officer).post(page("decision", deciding), typed(decision(**changes)))

    assert message in text.content.decode()
    assert "CAB-42" in text.content.decode()
    assert not FormalDecision.objects.exists()


def test_nothing_matches_a_wording_that_is_not_approved(as_, story, officer):
    sign_up = story.filled_in()
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers={"route": Route.DECISION})
    text = as_(officer).post(page("decision", sign_up), typed(decision())).content.decode()

    assert "has not approved its wording" in text
    assert fresh(sign_up).wording is None


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"takes_effect_on": days(0), "call_in_ends_on": None}, True),
        ({"takes_effect_on": days(1), "call_in_ends_on": None}, False),
        ({"takes_effect_on": days(0), "call_in_ends_on": days(-1)}, True),
        ({"takes_effect_on": days(0), "call_in_ends_on": days(0)}, False),
    ],
)
def test_nobody_accepts_before_it_takes_effect(deciding, officer, manager, changes, holds):
    sign_up = in_review(decided(deciding, officer, **changes), officer, manager)
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes")
    if holds:
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))
    else:
        with pytest.raises(Refused, match="has not taken effect"):
            reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))
    assert Membership.objects.exists() is holds


def test_nobody_accepts_what_staff_have_not_confirmed(as_, deciding, officer, manager):
    sign_up = in_review(decided(deciding, officer), officer, manager)
    with pytest.raises(Refused, match="confirmed the formal decision"):
        reviews.accept(sign_up, by=manager, announce_at=hour_of(days(0)))

    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    browser = as_(manager)
    detail = reverse("network_staff:sign_up", args=[sign_up.reference])
    text = browser.get(detail).content.decode()
    assert "You cannot accept it yet" in text
    assert "Us: confirm the formal decision" in text
    accept = f'action="{reverse("network_staff:accept", args=[sign_up.reference])}"'
    assert accept not in text, "nothing is offered that would be refused"
    confirm = reverse("network_staff:confirm_decision", args=[sign_up.reference])
    assert "Enter how you know" in browser.post(confirm, {"how": ""}).content.decode()
    read = {"how": "Read the minutes", "shown": sign_up.formal_decision.fingerprint}
    assert f'value="{read["shown"]}"' in text
    FormalDecision.objects.update(minute_reference="CAB-43")
    assert "has changed the decision" in browser.post(confirm, read).content.decode()
    assert FormalDecision.objects.get().confirmed_at is None
    browser.post(confirm, read | {"shown": FormalDecision.objects.get().fingerprint})
    text = browser.get(detail).content.decode()
    assert "You cannot accept it yet" not in text
    assert accept in text
    assert FormalDecision.objects.get().confirmed_by == manager


def test_a_changed_decision_needs_staff_again(deciding, officer, manager):
    sign_up = decided(deciding, officer)
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes")
    decided(sign_up, officer)
    assert FormalDecision.objects.get().confirmed_at
    decided(sign_up, officer, minute_reference="CAB-43")

    assert FormalDecision.objects.get().confirmed_at is None


def test_a_moved_wording_asks_for_the_decision_anew_even_after_sending(
    as_, deciding, officer, manager
):
    sign_up = in_review(decided(deciding, officer), officer, manager)
    assert as_(officer).get(page("decision", sign_up)).url == sign_up.get_absolute_url()
    wording = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    approve_wording(wording)
    wordings.move_to_wording(sign_up, wording, by=manager, why="Plainer")

    assert not fresh(sign_up).is_endorsed()
    text = as_(officer).get(page("decision", sign_up)).content.decode()
    assert "The wording has changed since" in text
    assert decided(fresh(sign_up), officer).is_endorsed()
    assert as_(officer).get(page("about_you", sign_up)).url == sign_up.get_absolute_url()


def test_new_wording_needs_officer_and_staff_to_confirm_the_decision_again(
    deciding, officer, manager
):
    sign_up = in_review(decided(deciding, officer), officer, manager)
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes")
    wording = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    approve_wording(wording)
    wordings.move_to_wording(sign_up, wording, by=manager, why="Plainer")
    decision = FormalDecision.objects.get()
    assert not decision.wording_matches and decision.confirmed_by is None

    sign_up = decided(fresh(sign_up), officer)
    with pytest.raises(Refused, match="confirmed the formal decision"):
        reviews.accept(sign_up, by=manager, announce_at=hour_of(days(0)))
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes again")
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))


# The public record.


def record(slug: str = "leeming") -> str:
    return f"/councils/{slug}/endorsement/"


def as_json(slug: str = "leeming") -> str:
    return f"/councils/{slug}/endorsement.json"


def test_there_is_no_record_before_the_announcement(client, story, manager):
    sign_up = story.in_review(manager)
    assert client.get(record()).status_code == client.get(as_json()).status_code == 404
    reviews.accept(sign_up, by=manager, announce_at=hour_of(days(3)))
    assert client.get(record()).status_code == client.get(as_json()).status_code == 404
    assert "endorsement/" not in client.get("/councils/leeming/").content.decode()

    Membership.objects.update(announce_at=hour_of(days(0)))
    memberships.announce_due()
    assert client.get(record()).status_code == client.get(as_json()).status_code == 200
    assert record() in client.get("/councils/leeming/").content.decode()


@pytest.mark.parametrize("slug", ["nowhere", "leeming"])
def test_what_is_no_member_has_no_record(client, council, slug):
    assert client.get(record(slug)).status_code == 404
    assert client.get(as_json(slug)).status_code == 404
    assert client.get(as_json(slug))["Access-Control-Allow-Origin"] == "*"


def test_the_record_shows_wording_signatures_and_champions_and_no_address(client, story, manager):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(days(0)))
    text, data = client.get(record()).content.decode(), client.get(as_json()).json()

    wording = sign_up.wording
    assert wording.hash in text
    assert data["wording"]["sha256"] == wording.hash
    assert data["wording"]["text"] == wording.text
    assert "On behalf of Leeming Borough Council" in data["wording"]["text_as_signed"]
    assert [s["name"] for s in data["signatures"]] == ["Lena Leader", "Cheng Chief"]
    # The senior officer did not agree to be published (factories).
    assert "Champion Lead councillor" in text
    assert "Champion Senior officer" not in text
    assert {c["name"] for c in data["champions_named"]} == {"Champion Lead councillor", ""}
    for answer in (text.split("<main")[1], str(data)):
        assert "@" not in answer


def test_champions_stay_as_named_at_signing(client, story, manager):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(days(0)))
    Champion.objects.filter(kind="political").update(until=days(0))
    Champion.objects.create(
        sign_up=sign_up, kind="political", name="New One", role="x", may_be_published=True
    )

    assert "Champion Lead councillor" in client.get(record()).content.decode()
    assert "New One" not in client.get(record()).content.decode()


def test_the_record_of_a_decision(client, deciding, officer, manager):
    sign_up = in_review(decided(deciding, officer), officer, manager)
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes")
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))
    text, data = client.get(record()).content.decode(), client.get(as_json()).json()

    assert "Cabinet" in text and "https://leeming.gov.uk/decisions/42" in text
    assert data["decision"]["minute_reference"] == "CAB-42"
    assert data["signatures"] == []
    assert record() in client.get("/councils/leeming/").content.decode()

    Champion.objects.filter(kind="political").update(until=days(1))
    Champion.objects.create(
        sign_up=sign_up,
        kind="political",
        name="New One",
        role="x",
        may_be_published=True,
        since=days(1),
    )
    text = client.get(record()).content.decode()
    assert "Champion Lead councillor" in text and "New One" not in text


def test_a_member_of_before_this_site_has_an_honest_page(client, council):
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision=Precision.NOT_KNOWN
    )

    assert (
        "We do not have a record of the wording or who signed it"
        in client.get(record()).content.decode()
    )
    assert client.get(as_json()).json()["held_here"] is False


def test_the_record_asks_the_database_little(client, story, manager, django_assert_max_num_queries):
    reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(days(0)))
    client.get(record())
    with django_assert_max_num_queries(12):
        client.get(record())


def test_the_record_of_a_membership_that_ended_stays(client, story, manager):
    membership = reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(days(0)))
    membership.move_to(MembershipStatus.WITHDRAWN, by=manager)

    assert "has ended" in client.get(record()).content.decode()


# Accepting.


def test_a_day_before_the_councils_own_is_refused(story, manager):
    sign_up = story.in_review(manager)
    SignUp.objects.filter(pk=sign_up.pk).update(publish_from=days(10))
    with pytest.raises(Refused, match="no publicity before"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(9)))

    assert (
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(10))).announced_at
        is None
    )


def test_nobody_accepts_an_applicant_whom_nobody_has_checked(story, manager):
    sign_up = story.in_review(manager)
    SignUp.objects.filter(pk=sign_up.pk).update(email_evidence="unknown")
    with pytest.raises(Refused, match="works for the council"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))

    reviews.record_call_back(fresh(sign_up), by=manager, how="Rang the main number")
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))


@pytest.mark.parametrize("part", ["champion", "asked"])
def test_a_manager_with_a_part_in_it_does_not_decide(as_, story, manager, part):
    manager.last_name = "Manager"
    manager.save()
    sign_up = story.in_review(manager)
    if part == "champion":
        sign_up.champions.filter(kind="political").update(name="Mo Manager")
    else:
        sign_up.requests.filter(office=Office.LEADER).update(email=manager.email)
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    accept = reverse("network_staff:accept", args=[sign_up.reference])
    as_(manager).post(accept, typed_hour(days(0)))

    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW
    assert isinstance(story, Story)


def test_a_questioned_signature_stops_a_decision_too(story, officer, manager):
    sign_up = story.signed()
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers={"route": Route.DECISION})
    sign_up = in_review(decided(fresh(sign_up), officer), officer, manager)
    decisions.confirm_decision(sign_up, by=manager, how="Read the minutes")
    signature = sign_up.endorsements.first()
    signing.report_signature(signature, name="Lena", message="")

    with pytest.raises(Refused, match="not theirs"):
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))
    signing.strike_out(signature, by=manager, why="Not hers")
    reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(days(0)))


def test_the_last_day_of_all_is_no_error():
    last = FormalDecision(takes_effect_on=days(-1), call_in_ends_on=date.max)
    assert not last.has_taken_effect()
    assert FormalDecision(takes_effect_on=days(0), call_in_ends_on=days(0)).holds_from == days(1)
    assert FormalDecision(takes_effect_on=days(2), call_in_ends_on=days(0)).holds_from == days(2)


@pytest.mark.parametrize(
    ("name", "field"), [("publicity", "publish_from"), ("conversation", "conversation_on")]
)
@pytest.mark.parametrize("year", ["9999", "1", "1999"])
def test_no_task_keeps_a_year_that_nobody_can_mean(as_, story, officer, name, field, year):
    sign_up = story.started()
    day = {f"{field}_day": "31", f"{field}_month": "12", f"{field}_year": year}
    text = as_(officer).post(page(name, sign_up), day | {"version": "0"}).content.decode()

    assert "Year must be between" in text
    assert f'value="{year}"' in text
    assert getattr(fresh(sign_up), field) is None
