"""Readiness of a sign-up, and the pages and refusals that show it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from councils.models import Council
from network.actions import decisions, requests, reviews, sign_ups, signing
from network.choices import Office, Route, SignUpTask
from network.models import EndorsementWording, Refused, SignUp
from network.readiness import (
    IN_THE_WAY,
    UNAPPROVED,
    Gap,
    Obstacle,
    Readiness,
    State,
    checks_of,
)
from network.task_list import groups
from network.tests.factories import (
    ABOUT_YOU,
    CHAMPIONS,
    Story,
    approve_wording,
    fresh,
    hour_of,
    nell,
)

ITEM = re.compile(r"<li>(.*?)</li>")
TODAY = timezone.localdate
DECISION = {
    "body": "cabinet",
    "body_name": "Cabinet",
    "minute_reference": "CAB-42",
    "wording_matches": True,
}


def decide(story: Story, sign_up: SignUp, route: Route = Route.DECISION, **changes) -> SignUp:
    """Endorse by `route`, with a complete decision but for `changes`."""
    approve_wording()
    days = {"decided_on": TODAY(), "takes_effect_on": TODAY()}
    story.save(fresh(sign_up), SignUpTask.ROUTE, {"route": route})
    story.save(fresh(sign_up), SignUpTask.DECISION, DECISION | days | changes, is_finished=True)
    return fresh(sign_up)


def unnamed(story: Story) -> SignUp:
    sign_up = story.filled_in()
    requests.cancel_request(sign_up.request_of(Office.LEADER), by=story.officer)
    return fresh(sign_up)


def half_named(story: Story) -> SignUp:
    sign_up = story.signed()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU | {"job_title": ""}, is_finished=True)
    return fresh(sign_up)


def half_championed(story: Story) -> SignUp:
    sign_up = story.filled_in()
    champions = CHAMPIONS | {"officer_role": ""}
    story.save(sign_up, SignUpTask.CHAMPIONS, champions, is_finished=True)
    return fresh(sign_up)


def undecided(story: Story) -> SignUp:
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.DECISION})
    return fresh(sign_up)


GAPS = {
    "started": (Story.started, [Gap.ABOUT_YOU, Gap.CHAMPIONS, Gap.ENDORSERS, Gap.SIGNATURES]),
    "an office unnamed": (unnamed, [Gap.ENDORSERS, Gap.SIGNATURES]),
    "a champion without a role": (half_championed, [Gap.CHAMPIONS, Gap.SIGNATURES]),
    "filled in": (Story.filled_in, [Gap.SIGNATURES]),
    "asked": (Story.asked, [Gap.SIGNATURES]),
    "one signed": (lambda story: story.signed(Office.LEADER), [Gap.SIGNATURES]),
    "signed, no job title": (half_named, [Gap.ABOUT_YOU]),
    "signed": (Story.signed, []),
    "not decided": (undecided, [Gap.ABOUT_YOU, Gap.CHAMPIONS, Gap.ROUTE, Gap.DECISION]),
    "decided": (lambda story: decide(story, story.filled_in()), [Gap.ROUTE]),
    "decided in part": (
        lambda story: decide(story, story.filled_in(), minute_reference=""),
        [Gap.ROUTE, Gap.DECISION],
    ),
    "decided, signed by one": (
        lambda story: decide(story, story.signed(Office.LEADER), Route.BOTH),
        [Gap.SIGNATURES],
    ),
}


@pytest.mark.parametrize("case", GAPS)
def test_gaps_are_told_alike_by_refusals_and_pages(as_, story, officer, case):
    tell, gaps = GAPS[case]
    sign_up = tell(story)
    facts = Readiness(sign_up)
    sending = [gap for gap in gaps if gap != Gap.ROUTE]
    asking = [gap for gap in gaps if gap not in {Gap.SIGNATURES, Gap.DECISION}]
    assert (facts.before_asking, facts.before_sending) == (asking, sending)

    pages = {
        "check": (sending, sign_ups.submit, "You cannot send the application yet. First we need"),
        "ask": (asking, requests.ask_endorsers, "You cannot ask anyone yet. First we need"),
    }
    for page, (missing, act, words) in pages.items():
        text = as_(officer).get(reverse(f"network:sign_up_{page}", args=[sign_up.reference]))
        missing_words = [str(gap.label) for gap in missing]
        assert [item for item in ITEM.findall(text.content.decode()) if item in Gap.labels] == (
            missing_words
        )
        if missing:
            with pytest.raises(Refused) as refusal:
                act(sign_up, by=officer)
            assert str(refusal.value) == f"{words} {'; '.join(missing_words)}."


def test_unapproved_wording_is_refused_in_the_words_that_stand_for_the_button(as_, story, officer):
    sign_up = story.filled_in()
    page = as_(officer).get(reverse("network:sign_up_ask", args=[sign_up.reference]))
    text = page.content.decode()
    assert UNAPPROVED in text and "Send the links now" not in text
    with pytest.raises(Refused, match=UNAPPROVED):
        requests.ask_endorsers(sign_up, by=officer)

    approve_wording()
    page = as_(officer).get(reverse("network:sign_up_ask", args=[sign_up.reference]))
    text = page.content.decode()
    assert UNAPPROVED not in text and "Send the links now" in text


@pytest.mark.parametrize("case", GAPS)
def test_task_list_is_ready_only_without_gaps(story, case):
    facts = Readiness(GAPS[case][0](story))
    tasks = {task.title: task.status for group in groups(facts) for task in group.tasks}
    said = [task for task, finished in facts.sign_up.finished_tasks.items() if finished]
    problems = [task for task in said if task in IN_THE_WAY and Gap(task) in facts.before_sending]

    ready = "Not ready yet" if facts.before_sending else "Ready"
    assert tasks["Check your answers and send"] == ready
    titles = [title for title, status in tasks.items() if status == "There is a problem"]
    assert titles == [SignUpTask(task).label for task in problems]


@pytest.mark.parametrize("case", GAPS)
def test_a_task_in_the_way_lacks_words_exactly_if_it_is_a_gap(story, case):
    facts = Readiness(GAPS[case][0](story))
    for task in IN_THE_WAY - (set() if facts.sign_up.needs_decision else {SignUpTask.DECISION}):
        assert bool(facts.missing(task)) == (Gap(task) in facts.gaps)


def reported(story: Story, sign_up: SignUp) -> None:
    signing.report_signature(sign_up.endorsements.first(), name="Lena", message="Not me")


def struck_out(story: Story, sign_up: SignUp) -> None:
    signing.strike_out(sign_up.endorsements.first(), by=nell(), why="Forged")


def with_both(**changes):
    """A sign-up returned to the council, which adds a decision."""

    def break_it(story: Story, sign_up: SignUp) -> None:
        SignUp.objects.update(status="changes_requested")
        decide(story, sign_up, Route.BOTH, **changes)
        SignUp.objects.update(status="in_review")

    return break_it


def confirmed_too_early(story: Story, sign_up: SignUp) -> None:
    with_both(takes_effect_on=TODAY() + timedelta(days=1))(story, sign_up)
    decisions.confirm_decision(sign_up, by=nell(), how="Read the minutes")


OBSTACLES = {
    "nothing": (lambda story, sign_up: None, []),
    "abolished": (
        lambda story, sign_up: Council.objects.update(ended_on=TODAY() - timedelta(days=1)),
        [Obstacle.ABOLISHED],
    ),
    "nobody rang": (
        lambda story, sign_up: SignUp.objects.update(email_evidence="unknown"),
        [Obstacle.STRANGER],
    ),
    "a draft": (
        lambda story, sign_up: EndorsementWording.objects.update(approved_by_name=""),
        [Obstacle.UNAPPROVED],
    ),
    "struck out": (struck_out, [Obstacle.UNSIGNED]),
    "reported": (reported, [Obstacle.DOUBTED]),
    "no decision": (
        lambda story, sign_up: SignUp.objects.update(route=Route.BOTH),
        [Obstacle.UNDECIDED],
    ),
    "not confirmed": (with_both(), [Obstacle.UNCONFIRMED]),
    "to come": (confirmed_too_early, [Obstacle.TO_COME]),
}


@pytest.mark.parametrize("case", OBSTACLES)
def test_obstacles_are_told_alike_by_the_refusal_and_the_page(staff, story, manager, case):
    break_it, obstacles = OBSTACLES[case]
    sign_up = story.in_review(manager)
    break_it(story, sign_up)
    facts = Readiness(fresh(sign_up))
    page = staff(manager).get(reverse("network_staff:sign_up", args=[sign_up.reference]))
    text = page.content.decode()
    assert facts.obstacles == obstacles
    assert [item for item in ITEM.findall(text) if item in facts.reasons] == facts.reasons
    assert (">Accept: see the email first</button>" in text) == (not obstacles)

    if obstacles:
        with pytest.raises(Refused) as refusal:
            reviews.accept(sign_up, by=manager, announce_at=hour_of(TODAY()))
        assert str(refusal.value) == " ".join(facts.reasons)
    else:
        assert reviews.accept(sign_up, by=manager, announce_at=hour_of(TODAY()))


def test_checks_are_well_if_nothing_is_in_the_way(story, manager):
    sign_up = story.in_review(manager)
    assert all(checks_of(Readiness(sign_up)).values())

    struck_out(story, sign_up)
    wrong = [
        question for question, fine in checks_of(Readiness(fresh(sign_up))).items() if not fine
    ]
    assert "Both have signed, and both signatures count" in wrong


PAST = timezone.now() - timedelta(days=1)
STATES = {
    State.NOT_ASKED: ({"status": "not_sent"}, "Not asked yet", "Ready to ask"),
    State.WAITING: ({}, "Waiting for the leader", "Waiting for the leader"),
    State.BOUNCED: ({"bounced_at": PAST}, "Email could not be delivered", "Waiting for the leader"),
    State.ENDED: ({"status": "expired"}, "Link expired", "Link expired"),
    State.DECLINED: ({"status": "declined"}, "Does not want to endorse for now", "Answered"),
    State.WRONG_PERSON: (
        {"status": "wrong_person"},
        "Says someone else should sign",
        "Answered",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_state_of_a_signature_is_told_on_the_sign_off_and_in_the_task_list(
    as_, story, officer, state
):
    changes, on_sign_off, in_tasks = STATES[state]
    sign_up = story.asked()
    sign_up.requests.filter(office=Office.LEADER).update(**changes)
    facts = Readiness(fresh(sign_up))
    page = as_(officer).get(reverse("network:sign_up_sign_off", args=[sign_up.reference]))
    tasks = [task for group in groups(facts) for task in group.tasks]

    assert [signature.state for signature in facts.signatures] == [state, State.WAITING]
    assert on_sign_off in page.content.decode()
    row = "Ask them to sign" if state == State.NOT_ASKED else "Leader:"
    assert next(task.status for task in tasks if task.title.startswith(row)) == in_tasks


def test_a_link_that_has_ended_is_told_before_the_tick_has_ended_it(story):
    sign_up = story.asked()
    sign_up.requests.update(link_ends_at=PAST)
    assert {each.state for each in Readiness(fresh(sign_up)).signatures} == {State.ENDED}


def test_sign_off_tells_what_came_of_each_request(as_, story, officer):
    sign_up, page = story.asked(), as_(officer)
    address = reverse("network:sign_up_sign_off", args=[sign_up.reference])
    leader, chief_executive = sign_up.current_requests()
    requests.remind(leader, by=officer)
    signing.say_no(chief_executive, why="Not <now>")
    text = page.get(address).content.decode()
    for told in ("You reminded them on", "They add: “Not &lt;now&gt;”", "Name Cheng Chief again"):
        assert told in text
    assert ">Remind<" not in text  # not twice in 48 hours

    signing.not_the_right_person(leader, name="Pat", role="Mayor", email="pat@leeming.gov.uk")
    text = page.get(address).content.decode()
    assert "They suggest Pat, Mayor, pat@leeming.gov.uk." in text and "Name Pat instead" in text


def test_sign_off_tells_why_a_signature_was_struck_out_at_its_own_office(as_, story, officer):
    sign_up = story.signed()
    struck_out(story, sign_up)
    address = reverse("network:sign_up_sign_off", args=[sign_up.reference])
    text = as_(officer).get(address).content.decode()
    assert text.count(": Forged</p>") == 1


def test_signed_and_questioned_signatures_are_told_apart(story):
    sign_up = story.signed()
    reported(story, sign_up)
    states = [each.state for each in Readiness(fresh(sign_up)).signatures]
    assert sorted(states) == [State.QUESTIONED, State.SIGNED]

    struck_out(story, sign_up)
    assert State.NOBODY in {each.state for each in Readiness(fresh(sign_up)).signatures}
    sign_ups.withdraw(fresh(sign_up), by=story.officer)
    assert State.OVER in {each.state for each in Readiness(fresh(sign_up)).signatures}


def test_facts_of_a_prefetched_sign_up_ask_the_database_nothing(story, django_assert_num_queries):
    decide(story, story.signed(), Route.BOTH)
    rows = SignUp.objects.select_related("council", "wording", "decision")
    facts = Readiness(rows.prefetch_related("champions", "requests__endorsement").get())
    with django_assert_num_queries(0):
        assert facts.before_asking == facts.before_sending == []
        assert facts.obstacles == [Obstacle.UNCONFIRMED]
        assert [each.state for each in facts.signatures] == [State.SIGNED, State.SIGNED]
        assert facts.next_action == "The council: check and send"
