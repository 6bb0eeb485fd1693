"""What takes two people where there is one manager: a trustee confirms it by an emailed link."""

import re
from datetime import time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network import desk, matter, permissions
from network.actions import (
    check_ins,
    claims,
    departures,
    memberships,
    offices,
    people,
    profiles,
    reviews,
    sign_ups,
    signing,
    trustees,
    wordings,
)
from network.choices import (
    MembershipStatus,
    Office,
    ProfileChangeStatus,
    RemovalStatus,
    RepresentativeRole,
    SignUpStatus,
    TrusteeAct,
    TrusteeStatus,
)
from network.models import (
    CheckIn,
    EndorsementWording,
    Event,
    InvalidMove,
    Membership,
    PageChanged,
    ProfileChange,
    Refused,
    Removal,
    Representative,
    SignUp,
    TrusteeRequest,
)
from network.models.trustees import MATTERS
from network.tests.factories import EVIDENCE, Story, fresh, typed_hour
from portal.mail import outbox
from portal.models import OutboxMessage, SiteOperator

DANA = {"name": "Dana Trust", "role": "Chair of the trustees", "email": "dana@trust.example"}
WHY = {"why": "There is no other manager at the moment."}
ASKED = {f"trustee-{name}": value for name, value in (DANA | WHY).items()}
NOOR = {"name": "Noor Newman", "role": "Leader", "email": "noor@leeming.gov.uk"}
SIGNED = {"name": "Dana Trust", "role": "Chair of the trustees"}
NEW = "On behalf of {council}, we endorse the six principles, in plainer words."
DECISION = {"remove": "yes", "why": "It told us so in writing."}


@pytest.fixture
def browser(staff, manager):
    return staff(manager)


@pytest.fixture
def draft(manager) -> EndorsementWording:
    """A wording whose approval the only manager has recorded."""
    made = wordings.write_wording(by=manager, text=NEW)
    wordings.approve_wording(made, by=manager, approved_by_name="The board", evidence=EVIDENCE)
    made.refresh_from_db()
    return made


@pytest.fixture
def asked(draft, manager) -> TrusteeRequest:
    return ask(TrusteeAct.APPROVE_WORDING, draft, manager, shown=draft.hash)


def ask(act, row, by, said=(), **answers) -> TrusteeRequest:
    return trustees.ask_trustee(act, row, by=by, answers=answers, said=list(said), **DANA, **WHY)


def again(asked: TrusteeRequest) -> TrusteeRequest:
    return TrusteeRequest.objects.get(pk=asked.pk)


def at(asked: TrusteeRequest, name: str = "trustee") -> str:
    return reverse(f"network:{name}", args=[again(asked).token])


def shown(asked: TrusteeRequest) -> dict[str, str]:
    return {"shown": matter.fingerprint_of(again(asked))}


def confirm(asked: TrusteeRequest, **more: str) -> None:
    trustees.confirm_as_trustee(again(asked), **(SIGNED | shown(asked) | more))


def letters_to(address: str) -> list:
    outbox.send_due.func()
    return [letter for letter in mail.outbox if letter.to == [address]]


@pytest.fixture
def member(story, manager) -> Membership:
    """Leeming, a public member whose lead is its officer."""
    sign_up = story.in_review(manager)
    return reviews.accept(sign_up, by=manager, announce_at=timezone.now())


@pytest.fixture
def removal(member, manager) -> Removal:
    """A removal that the only manager has opened, whose notice is over."""
    made = departures.open_removal(member, by=manager, grounds="It no longer takes part.")
    made.decide_from = timezone.localdate()
    made.save()
    return made


@pytest.fixture
def own(story, manager) -> SignUp:
    """The application of the manager's own council: they worked on it."""
    sign_up = story.submitted()
    Event.objects.record("sign_up.about_you", by=manager, sign_up=sign_up)
    return fresh(sign_up)


# ---- a wording


def test_the_only_manager_asks_and_the_trustee_approves_the_wording(
    browser, client, draft, manager
):
    page = browser.get(reverse("network_staff:wordings")).content.decode()
    assert "Ask a trustee to confirm the approval of version 2" in page
    to = reverse("network_staff:confirm_approval", args=[2])
    page = browser.post(to, {"shown": draft.hash})
    assert "Nothing has been done yet" in page.content.decode()
    assert "We have no address to tell" in page.content.decode()
    assert not TrusteeRequest.objects.exists()
    staffs = {"shown": draft.hash} | ASKED | {"trustee-email": manager.email}
    page = browser.post(to, staffs).content.decode()
    assert "must be another person" in page and "Dana Trust" in page and "You typed" not in page

    done = browser.post(to, {"shown": draft.hash} | ASKED)
    asked = TrusteeRequest.objects.get()
    assert done["Location"] == asked.staff_url
    page = browser.get(asked.staff_url).content.decode()
    assert "Waiting for the trustee" in page and DANA["email"] in page
    page = browser.get(reverse("network_staff:wordings")).content.decode()
    assert "Waiting for Dana Trust" in page and "Ask a trustee to confirm" not in page

    [letter] = letters_to(DANA["email"])
    assert letter.reply_to == [manager.email]
    link = re.search(r"/endorse/trustee/\S+", letter.body)[0]
    page = client.get(link).content.decode()
    text = NEW.replace("{council}", "[name of the council]")
    for told in (text, "The board", EVIDENCE, WHY["why"], "Opening this page does not change"):
        assert told in page
    draft.refresh_from_db()
    assert not draft.is_approved and again(asked).status == TrusteeStatus.ASKED

    page = client.post(link, SIGNED | shown(asked), follow=True)
    assert "It has been done" in page.content.decode()
    draft.refresh_from_db()
    assert draft.is_approved and draft.approval_confirmed_by is None
    assert draft.approval_trustee == asked
    event = Event.objects.get(what="wording.approved")
    assert event.by_label == "Dana Trust, Chair of the trustees, by link"
    assert event.by == manager  # who asked for it
    page = browser.get(reverse("network_staff:wordings")).content.decode()
    assert "Dana Trust, Chair of the trustees, by link" in page
    [answer] = letters_to(manager.email)
    assert "Dana Trust confirmed your decision about the wording" in answer.subject
    assert "You confirmed a decision" in letters_to(DANA["email"])[-1].subject


def test_the_organisation_reads_what_was_confirmed_in_its_name(asked, manager):
    confirm(asked)
    assert not OutboxMessage.objects.filter(kind="network.trustee_notice").exists()
    SiteOperator(name="The operator", email="board@operator.example").save()
    other = wordings.write_wording(by=manager, text=NEW + " Anew.")
    wordings.approve_wording(other, by=manager, approved_by_name="The board", evidence=EVIDENCE)
    other.refresh_from_db()
    confirm(ask(TrusteeAct.APPROVE_WORDING, other, manager))
    [letter] = letters_to("board@operator.example")
    assert DANA["email"] in letter.body and "Approve version 3" in letter.body


def test_the_token_is_nowhere_in_the_database(asked):
    token = again(asked).token
    kept = [str(row) for row in OutboxMessage.objects.values()]
    kept += [str(row) for row in TrusteeRequest.objects.values()]
    kept += [str(row) for row in Event.objects.values()]
    assert not any(token in row or token.partition("-")[2] in row for row in kept)


@pytest.mark.parametrize(
    "sent", [{}, {"name": "Dana Trust", "role": ""}, {"name": " ", "role": "Chair"}]
)
def test_only_a_typed_name_confirms(client, asked, sent):
    page = client.post(at(asked), sent | shown(asked), follow=True)
    assert "There is a problem" in page.content.decode()
    assert again(asked).status == TrusteeStatus.ASKED


def test_getting_every_page_changes_nothing(client, asked):
    before = TrusteeRequest.objects.values().get()
    for name in ("trustee", "trustee_decline"):
        assert client.get(at(asked, name)).status_code == 200
        assert client.head(at(asked, name)).status_code == 200
    assert client.get(at(asked, "trustee_new_link")).status_code == 405
    assert TrusteeRequest.objects.values().get() == before


def test_the_trustee_says_no_with_a_reason_and_nothing_is_done(client, asked, draft, manager):
    page = client.post(at(asked, "trustee_decline"), {"why": ""}, follow=True)
    assert "Enter the reason" in page.content.decode()
    page = client.post(at(asked, "trustee_decline"), {"why": "Let us talk first."}, follow=True)
    assert "Nothing has been done" in page.content.decode()
    asked = again(asked)
    assert asked.status == TrusteeStatus.DECLINED
    draft.refresh_from_db()
    assert not draft.is_approved
    [letter] = letters_to(manager.email)
    assert "did not confirm" in letter.subject and "Let us talk first." in letter.body
    with pytest.raises(Refused):
        confirm(asked)
    # They can ask again.
    assert ask(TrusteeAct.APPROVE_WORDING, draft, manager, shown=draft.hash).pk != asked.pk


def test_the_trustee_confirms_only_what_they_have_read(client, asked, draft, manager):
    read = shown(asked)
    EndorsementWording.objects.filter(pk=draft.pk).update(approval_evidence="Another paper")
    page = client.post(at(asked), SIGNED | read)
    assert "has changed since you opened it" in page.content.decode()
    assert again(asked).status == TrusteeStatus.ASKED
    with pytest.raises(PageChanged):
        confirm(asked, **read)
    client.post(at(asked), SIGNED | shown(asked))
    assert again(asked).status == TrusteeStatus.CONFIRMED


def test_a_new_wording_ends_what_was_asked_about_the_old(client, asked, draft, manager):
    wordings.rewrite_wording(draft, by=manager, text=NEW + " Anew.")
    page = client.get(at(asked)).content.decode()
    assert "You do not need to answer this any more" in page
    assert client.post(at(asked), SIGNED | {"shown": ""}).status_code in {200, 302, 410}
    assert trustees.settle_trustee_requests() == 1 and trustees.settle_trustee_requests() == 0
    assert again(asked).status == TrusteeStatus.SUPERSEDED
    assert "No answer needed" in letters_to(DANA["email"])[-1].subject


# ---- who, and when


def test_no_trustee_is_asked_while_a_second_manager_can_do_it(browser, draft, manager, staff):
    other = person("nora@network.example", group="Network managers")
    assert "Ask a trustee" not in browser.get(reverse("network_staff:wordings")).content.decode()
    to = reverse("network_staff:confirm_approval", args=[2])
    browser.post(to, {"shown": draft.hash} | ASKED)
    assert not TrusteeRequest.objects.exists()
    with pytest.raises(PermissionDenied):
        ask(TrusteeAct.APPROVE_WORDING, draft, manager)
    other.is_active = False
    other.save()
    assert ask(TrusteeAct.APPROVE_WORDING, draft, manager).pk


@pytest.mark.parametrize("who", ["officer", "stranger", "editor"])
def test_nobody_but_a_manager_asks_a_trustee(request, draft, who):
    with pytest.raises(PermissionDenied):
        ask(TrusteeAct.APPROVE_WORDING, draft, request.getfixturevalue(who))


def test_a_second_manager_may_do_it_meanwhile_and_the_link_says_so(client, asked, draft, manager):
    other = person("nora@network.example", group="Network managers")
    assert "do you confirm this?" in client.get(at(asked)).content.decode()
    wordings.confirm_approval(draft, by=other)
    page = client.get(at(asked))
    assert page.status_code == 200
    assert "You do not need to answer this any more" in page.content.decode()
    with pytest.raises(Refused):
        confirm(asked)
    assert Event.objects.filter(what="wording.approved").count() == 1
    trustees.settle_trustee_requests()
    assert "You do not need to answer" in client.get(at(asked)).content.decode()


def test_the_trustee_is_no_staff_and_has_no_part(member, removal, manager, editor, officer):
    person("wren@leeming.gov.uk")
    gone = person("gone@elsewhere.example")
    Representative.objects.create(
        membership=member,
        user=gone,
        role=RepresentativeRole.VIEWER,
        ended_at=timezone.now(),
        ended_why="Left",
    )
    for email in [
        manager.email,
        editor.email,
        officer.email,
        gone.email.upper(),
        "lena@leeming.gov.uk",
        member.sign_up.requests.first().email,
    ]:
        with pytest.raises(Refused, match="must be another person"):
            trustees.ask_trustee(
                TrusteeAct.DECIDE_REMOVAL,
                removal,
                by=manager,
                answers=DECISION,
                said=[],
                **WHY,
                **DANA | {"email": email},
            )
    assert not TrusteeRequest.objects.exists() and not Event.objects.filter(what="trustee.asked")


def test_a_trustee_who_has_become_staff_cannot_confirm(asked, draft):
    person(DANA["email"], group="Network managers")
    with pytest.raises(Refused, match="must be another person"):
        confirm(asked)
    draft.refresh_from_db()
    assert not draft.is_approved


def test_what_a_former_manager_asked_is_not_done(asked, manager, draft):
    manager.groups.clear()
    with pytest.raises(Refused, match="no longer a network manager"):
        confirm(asked)
    assert again(asked).status == TrusteeStatus.ASKED


def test_one_request_an_act(asked, draft, manager):
    with pytest.raises(Refused, match="asked Dana Trust already"):
        ask(TrusteeAct.APPROVE_WORDING, draft, manager)


# ---- the link


def test_the_manager_withdraws_and_the_link_is_dead(browser, client, asked, draft):
    link = at(asked)
    to = reverse("network_staff:change_trustee_request", args=[asked.pk])
    browser.post(to, {"withdraw": "yes"})
    assert again(asked).status == TrusteeStatus.WITHDRAWN
    assert "has withdrawn the request" in client.get(link).content.decode()
    client.post(link, SIGNED | {"shown": ""})
    draft.refresh_from_db()
    assert not draft.is_approved
    assert "has withdrawn the request" in letters_to(DANA["email"])[-1].body
    with pytest.raises(InvalidMove):
        trustees.withdraw_from_trustee(asked, by=asked.asked_by)


def test_a_request_that_is_over_gets_no_new_link_and_is_left_alone_by_the_tick(asked, manager):
    trustees.withdraw_from_trustee(asked, by=manager)
    with pytest.raises(Refused, match="no longer need"):
        trustees.send_trustee_link(again(asked), by=manager)
    week = timezone.now() - timedelta(days=7)
    TrusteeRequest.objects.update(sent_at=week)
    assert trustees.remind_trustees() == trustees.settle_trustee_requests() == 0


def test_two_workers_remind_and_settle_once(asked, monkeypatch):
    """As when another worker was first, between the question for rows and the lock of one."""
    for _ in range(2):
        trustees.send_trustee_link(again(asked), by=asked.asked_by)
    week = timezone.now() - timedelta(days=7)
    TrusteeRequest.objects.update(sent_at=week)
    monkeypatch.setattr(trustees, "one_by_one", lambda rows, act: act(asked.pk) + act(asked.pk))
    assert trustees.remind_trustees() == 0  # three links went to them today
    OutboxMessage.objects.update(created_at=week)
    assert trustees.remind_trustees() == 1
    assert trustees.settle_trustee_requests() == 0


def test_a_trustee_of_a_member_that_never_applied_has_no_part_in_it(council, manager):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, manager, RepresentativeRole.VIEWER)
    robin = {"name": "Robin", "job_title": "Officer", "email": "robin@leeming.gov.uk"}
    asked = ask(TrusteeAct.INVITE_TO_CLAIM, member, manager, verified_how="Called", **robin)
    assert asked.membership == member and asked.sign_up is None


def test_a_trustee_gives_a_council_more_time(member, manager):
    Membership.objects.update(next_check_in_on=timezone.localdate() + timedelta(days=40))
    check_ins.open_due()
    check_in = CheckIn.objects.get()
    people.represent(member, manager, RepresentativeRole.VIEWER)
    until = check_in.answer_by + timedelta(days=30)
    confirm(ask(TrusteeAct.GIVE_TIME, check_in, manager, until=until, why="An election"))
    check_in.refresh_from_db()
    assert check_in.answer_by == until


def test_a_new_link_ends_the_older_one(browser, client, asked):
    old = at(asked)
    browser.post(reverse("network_staff:change_trustee_request", args=[asked.pk]), {"again": "yes"})
    assert client.get(old).status_code == 410
    assert "Send a new link" in client.get(old).content.decode()
    assert client.get(at(asked)).status_code == 200
    sent = client.post(old.rstrip("/") + "/new-link/", follow=True)
    assert "Check your inbox" in sent.content.decode()
    assert again(asked).generation == 3


def test_an_expired_link_ends_the_request_and_tells_the_manager(client, asked, manager):
    link = at(asked)
    TrusteeRequest.objects.update(link_ends_at=timezone.now())
    assert client.get(link).status_code == 410
    assert trustees.expire_trustee_links() == 1 and trustees.expire_trustee_links() == 0
    assert again(asked).status == TrusteeStatus.EXPIRED
    assert client.get(link).status_code == 410
    [letter] = letters_to(manager.email)
    assert "The link has expired, and nothing has been done" in letter.body


def test_one_reminder_after_a_week(asked):
    assert trustees.remind_trustees() == 0
    week = timezone.now() - timedelta(days=7)
    TrusteeRequest.objects.update(sent_at=week)
    OutboxMessage.objects.update(created_at=week)
    assert trustees.remind_trustees() == 1 and trustees.remind_trustees() == 0
    reminder = letters_to(DANA["email"])[-1]
    assert "Reminder" in reminder.subject and at(asked) in reminder.body


def test_a_bounced_link_is_told_to_the_manager_once(asked, manager):
    outbox.send_due.func()
    row = OutboxMessage.objects.get(kind="network.trustee_link")
    for _ in range(2):
        trustees.handle_trustee_bounce(row)
    assert again(asked).bounced_at
    [letter] = letters_to(manager.email)
    assert DANA["email"] in letter.body


@pytest.mark.parametrize("token", ["1", "1-x", "999-abc", "x"])
def test_made_up_tokens_are_not_found(client, asked, token):
    assert client.get(reverse("network:trustee", args=[token])).status_code == 404


# ---- a removal


def test_the_trustee_decides_a_removal(browser, client, removal, member, manager):
    page = browser.get(removal.staff_url).content.decode()
    assert "no other manager can make it" in page and "End the membership" in page
    to = reverse("network_staff:decide_removal", args=[removal.pk])
    browser.post(to, DECISION | ASKED)
    asked = TrusteeRequest.objects.get()
    page = client.get(at(asked)).content.decode()
    for told in (removal.grounds, DECISION["why"], "End the membership", "Leeming"):
        assert told in page
    assert "olive@leeming.gov.uk" not in page
    removal.refresh_from_db()
    assert removal.is_open

    client.post(at(asked), SIGNED | shown(asked))
    removal.refresh_from_db()
    member.refresh_from_db()
    assert removal.status == RemovalStatus.REMOVED and member.status == MembershipStatus.REMOVED
    assert removal.decided_by is None and removal.decided_by_trustee == asked
    assert removal.decider == "Dana Trust, Chair of the trustees, by link"
    assert (
        "Dana Trust, Chair of the trustees, by link"
        in browser.get(removal.staff_url).content.decode()
    )
    assert Event.objects.get(what="removal.removed").by_label == removal.decider


def test_what_the_council_says_meanwhile_has_to_be_read_first(removal, officer, manager):
    asked = ask(TrusteeAct.DECIDE_REMOVAL, removal, manager, remove=True, why="x")
    read = shown(asked)
    departures.respond_to_removal(removal, by=officer, text="We do take part.")
    with pytest.raises(PageChanged):
        confirm(asked, **read)
    removal.refresh_from_db()
    assert removal.is_open


def test_a_trustee_is_asked_only_when_the_council_has_had_its_notice(removal, manager, browser):
    removal.decide_from = timezone.localdate() + timedelta(days=1)
    removal.save()
    with pytest.raises(Refused, match="You cannot decide yet"):
        ask(TrusteeAct.DECIDE_REMOVAL, removal, manager, remove=True, why="x")
    assert not TrusteeRequest.objects.exists() and not OutboxMessage.objects.filter(
        to=DANA["email"]
    )
    page = browser.post(
        reverse("network_staff:decide_removal", args=[removal.pk]), DECISION | ASKED
    )
    assert "You cannot decide yet" in page.content.decode()


# ---- the manager's own council


def test_the_manager_of_a_council_prepares_and_a_trustee_accepts_it(browser, client, own, manager):
    page = browser.get(own.staff_url).content.decode()
    assert "Start review" in page and "no other manager can make it" in page
    browser.post(reverse("network_staff:take_on", args=[own.reference]))
    assert fresh(own).status == SignUpStatus.IN_REVIEW
    page = browser.get(own.staff_url).content.decode()
    assert "Accept: ask a trustee to confirm" in page and "Accept: see the email" not in page
    with pytest.raises(PermissionDenied):
        reviews.accept(own, by=manager, announce_at=timezone.now())

    to = reverse("network_staff:accept", args=[own.reference])
    day = timezone.localdate() + timedelta(days=7)
    browser.post(to, typed_hour(day, "09:30") | ASKED)
    asked = TrusteeRequest.objects.get()
    assert asked.act == TrusteeAct.ACCEPT and fresh(own).status == SignUpStatus.IN_REVIEW
    page = client.get(at(asked)).content.decode()
    assert "at 9:30am" in page
    assert "(optional)" not in page  # the council read that
    assert "Accept Leeming" in page and "Lena Leader, Leader, signed on" in page
    for private in ("olive@leeming.gov.uk", "lena@leeming.gov.uk", "cheng@leeming.gov.uk"):
        assert private not in page

    client.post(at(asked), SIGNED | shown(asked))
    assert fresh(own).status == SignUpStatus.ACCEPTED
    announced = timezone.localtime(Membership.objects.get().announce_at)
    assert (announced.date(), announced.time()) == (day, time(9, 30))
    assert Event.objects.get(what="sign_up.accepted").by_label.startswith("Dana Trust")

    later = typed_hour(day + timedelta(days=2), "10:00") | {"why": "A clash"}
    browser.post(reverse("network_staff:postpone", args=[own.reference]), later | ASKED)
    page = client.get(at(TrusteeRequest.objects.latest("pk"))).content.decode()
    assert f"Due on {Membership.objects.get().announce_text}" in page
    assert "Member since" not in page, "not before it is announced"


def test_a_trustee_confirms_what_the_manager_reads_for_their_own_council(
    browser, member, manager, officer
):
    change = profiles.save_part(
        member, "text", by=officer, answers={"profile": "We buy locally."}, send=True
    )
    Representative.objects.create(membership=member, user=manager, role=RepresentativeRole.VIEWER)
    change = ProfileChange.objects.get(status=ProfileChangeStatus.WAITING)
    page = browser.get(change.staff_url).content.decode()
    assert "no other manager can make it" in page
    browser.post(reverse("network_staff:publish_profile_change", args=[change.pk]), ASKED)
    asked = TrusteeRequest.objects.get()
    assert any("We buy locally." in a for _, rows in matter.sections_of(asked) for _, a in rows)
    confirm(asked)
    change.refresh_from_db()
    assert change.status == ProfileChangeStatus.PUBLISHED


def test_a_manager_with_no_part_is_not_asked_for_a_trustee(own, manager):
    other = person("nora@network.example", group="Network managers")
    assert not permissions.can_prepare(manager, own)
    with pytest.raises(PermissionDenied):
        reviews.take_on(own, by=manager)
    reviews.take_on(own, by=other)
    with pytest.raises(PermissionDenied):
        ask(TrusteeAct.ACCEPT, own, manager, announce_at=timezone.now())


def test_nothing_of_a_sign_up_that_has_moved_on_is_confirmed(own, manager, officer):
    reviews.take_on(own, by=manager)
    own.champions.update(email="champ@leeming.gov.uk")
    asked = ask(TrusteeAct.DECLINE, fresh(own), manager, reason="Not now")
    read = str(matter.sections_of(asked))
    assert "Champion Lead councillor" in read and not re.search(r"\w@\w", read)
    sign_ups.withdraw(fresh(own), by=officer, why="We wait")
    with pytest.raises(Refused):
        confirm(asked)
    assert trustees.settle_trustee_requests() == 1


def test_pages_of_requests_are_for_managers(asked, staff, editor, as_, officer, client):
    change = reverse("network_staff:change_trustee_request", args=[asked.pk])
    assert staff(editor).get(asked.staff_url).status_code in {302, 403}
    assert as_(officer).get(asked.staff_url).status_code in {302, 403, 404}
    assert client.post(change, {"withdraw": "yes"}).status_code in {302, 403}
    assert again(asked).status == TrusteeStatus.ASKED
    with pytest.raises(PermissionDenied):
        trustees.withdraw_from_trustee(asked, by=officer)
    with pytest.raises(PermissionDenied):
        trustees.send_trustee_link(asked, by=editor)


def test_every_act_names_its_row_and_its_action():
    assert set(MATTERS) == set(trustees.ACTS) == set(TrusteeAct)
    assert {model for model, _ in MATTERS.values()} == set(matter._ABOUT)


# ---- the desk


def test_the_desk_of_the_only_manager_says_what_waits_for_whom(removal, draft, manager):
    lines = {line.title: line for panel in desk.panels(manager) for line in panel.lines}
    assert "to decide" in lines["Leeming"].what and "to confirm" in lines["Wording"].what
    wording = ask(TrusteeAct.APPROVE_WORDING, draft, manager, shown=draft.hash)
    asked = ask(TrusteeAct.DECIDE_REMOVAL, removal, manager, **DECISION | {"remove": True})

    found = {panel.title: panel.lines for panel in desk.panels(manager)}
    assert found[desk.WAITING] == [] and desk.WORDING not in found
    told = {line.title: (line.what, line.address) for line in found[desk.DOUBT]}
    assert told["Wording"][1] == wording.staff_url and told["Leeming"][1] == asked.staff_url
    assert "Waiting for Dana Trust, as a trustee" in told["Leeming"][0]


@pytest.mark.usefixtures("another_manager")
def test_the_desk_leaves_to_the_second_manager_what_the_first_began(removal, draft, manager):
    lines = [line.what for panel in desk.panels(manager) for line in panel.lines]
    assert not any("to decide" in what or "to confirm" in what for what in lines)


# ---- everything, by one manager


def test_one_manager_alone_runs_a_council_from_the_wording_to_its_end(
    council, officer, manager, monkeypatch
):
    """Every act is this one manager's, the council's own people's, or a trustee's."""
    assert [*permissions.managers()] == [manager]
    wording = EndorsementWording.objects.get()
    wordings.approve_wording(wording, by=manager, approved_by_name="The board", evidence=EVIDENCE)
    wording.refresh_from_db()
    confirm(ask(TrusteeAct.APPROVE_WORDING, wording, manager, shown=wording.hash))

    story = Story(council, officer)
    sign_up = story.in_review(manager)
    assert sign_up.wording == wording and sign_up.wording.is_approved
    member = reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    assert member.is_public_and_live

    # Its leader goes; the new one signs, and the manager confirms that.
    change = offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=timezone.localdate(), **NOOR
    )
    signature = signing.endorse(
        change, name=NOOR["name"], role=NOOR["role"], shown=change.fingerprint
    )
    signing.confirm_signature(signature, by=manager, how="Rang the council")

    # A year passes, and no one answers.
    member.refresh_from_db()
    opens = member.next_check_in_on - timedelta(days=60)
    assert check_ins.open_due(on=opens) == 1
    late = member.next_check_in_on + timedelta(days=40)
    while check_ins.carry_on_due(on=late):
        pass
    member.refresh_from_db()
    assert member.status == MembershipStatus.OVERDUE

    opened = departures.open_removal(member, by=manager, grounds="No answer for a year.")
    departures.respond_to_removal(opened, by=officer, text="We have had an election.")
    Removal.objects.update(decide_from=timezone.localdate())
    opened.refresh_from_db()
    with pytest.raises(PermissionDenied):
        departures.decide_removal(opened, by=manager, remove=True, why="x")
    confirm(ask(TrusteeAct.DECIDE_REMOVAL, opened, manager, remove=True, why="Still nothing."))
    member.refresh_from_db()
    assert member.status == MembershipStatus.REMOVED

    # An existing member is claimed, and then the manager's own council joins.
    older = memberships.record_existing_membership(
        make_council(name="Oldham"), by=manager, joined_on=None, joined_precision="not_known"
    )
    officer_there = person("rob@oldham.gov.uk")
    claim = claims.invite_to_claim(
        older,
        by=manager,
        name="Rob",
        job_title="Adviser",
        email=officer_there.email,
        verified_how="Rang the council",
    )
    claims.accept_claim(claim, by=officer_there)
    assert older.lead() == officer_there

    own = Story(make_council(name="Newham"), manager).submitted()
    reviews.take_on(own, by=manager)
    reviews.record_call_back(own, by=manager, how="Rang the council about myself")
    confirm(ask(TrusteeAct.ACCEPT, fresh(own), manager, announce_at=timezone.now()))
    assert Membership.objects.get(sign_up=own).is_public_and_live
    done = Event.objects.filter(by_label="Dana Trust, Chair of the trustees, by link")
    assert set(done.values_list("what", flat=True)) == {
        "trustee.confirmed",
        "wording.approved",
        "removal.removed",
        "membership.removed",
        "check_in.lapsed",
        "sign_up.accepted",
        "membership.made",
        "membership.announced",
    }
