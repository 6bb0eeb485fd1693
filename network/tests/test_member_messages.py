"""Messages to members: who gets them, each once; what people switch off; where they are read."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network.actions import member_messages, memberships, people
from network.choices import MessageAbout, OptionalMail, RepresentativeRole
from network.emails import check_ins as emails
from network.models import CheckIn, Event, MemberMessage, Membership, Refused
from network.models.member_messages import fingerprint, stop_token, what_to_stop
from portal.mail import bulk, outbox
from portal.models import Delivery, Mailing, OutboxMessage
from portal.security.log_redaction import redact

pytestmark = pytest.mark.django_db
LIST = "/admin/member-messages/"
LEADS = {
    "to": "leads",
    "about": MessageAbout.MEMBERSHIP,
    "subject": "A date",
    "text": "One.\n\nTwo.",
}
ALL = LEADS | {"to": "all"}
NEWS = ALL | {"about": MessageAbout.NEWS}


def existing(council, **kwargs) -> Membership:
    about = {"joined_on": None, "joined_precision": "not_known"} | kwargs
    return memberships.record_existing_membership(council, by="test", **about)


@pytest.fixture
def member(council, officer) -> Membership:
    """Leeming, led by the officer."""
    made = existing(council)
    people.represent(made, officer)
    return made


@pytest.fixture
def other(member) -> Membership:
    """Another member, of another cohort, led by Lou."""
    made = existing(make_council(), cohort="The first")
    people.represent(made, person("lou@elsewhere.example", first_name="Lou"))
    return made


@pytest.fixture
def cara(member):
    found = person("cara@leeming.gov.uk", first_name="Cara")
    people.represent(member, found, RepresentativeRole.CONTRIBUTOR)
    return found


@pytest.fixture
def write(manager):
    """Return a function that writes a message for some members."""

    def written(*members: Membership, **said) -> MemberMessage:
        return member_messages.write(by=manager, memberships=members, **(LEADS | said))

    return written


def send(message: MemberMessage, by) -> list[str]:
    """Send a message, and return who got it."""
    member_messages.send(message, by=by, shown=fingerprint(message.audience()))
    mail.outbox.clear()
    bulk.send_some.func()
    return [each.to[0] for each in mail.outbox]


# ---- Who gets it --------------------------------------------------------------------------
def test_leads_or_everyone_of_the_chosen_members_get_it_and_nobody_else(
    member, other, cara, officer, manager, write, stranger
):
    assert send(write(member), manager) == [officer.email]
    assert set(send(write(member, **ALL), manager)) == {officer.email, cara.email}
    assert set(send(write(member, other), manager)) == {officer.email, "lou@elsewhere.example"}


def test_person_who_acts_for_two_members_gets_one_email_that_names_both(
    member, other, cara, officer, manager, write
):
    people.represent(other, cara, RepresentativeRole.VIEWER)
    message = write(member, other, **ALL)
    assert sorted(send(message, manager)).count(cara.email) == 1
    text = next(each.body for each in mail.outbox if each.to == [cara.email])
    assert member.council.official_name in text
    assert other.council.official_name in text


def test_member_that_left_and_one_that_is_not_public_are_not_written_to(
    member, other, manager, write
):
    hidden = Membership.objects.create(council=make_council(), joined_precision="not_known")
    message = write(member, other, hidden)
    assert set(message.memberships.all()) == {member, other}
    Membership.objects.filter(pk=other.pk).update(status="withdrawn")
    assert [each.email for each in message.audience()] == ["olive@leeming.gov.uk"]
    with pytest.raises(Refused, match="at least one"):
        write(hidden)


def test_who_stops_acting_or_switches_news_off_meanwhile_gets_nothing(
    member, other, cara, officer, manager, write
):
    message = write(member, other, **NEWS)
    member_messages.send(message, by=manager, shown=fingerprint(message.audience()))
    people.stop_representing(member, by=cara)
    member_messages.choose_emails(officer, by=officer, wanted=[])
    bulk.send_some.func()
    assert [each.to for each in mail.outbox] == [["lou@elsewhere.example"]]
    assert message.mailing.counts()["skipped"] == 2
    assert message.mailing.status == Mailing.Status.FINISHED


# ---- Sending ------------------------------------------------------------------------------
def test_message_is_sent_once_to_exactly_those_who_were_shown(member, cara, manager, write):
    message = write(member)
    shown = fingerprint(message.audience())
    people.hand_over_member(member, by=member.lead(), to=cara)
    with pytest.raises(Refused, match="Other people"):
        member_messages.send(message, by=manager, shown=shown)
    assert message.mailing is None
    assert send(message, manager) == [cara.email]
    for again in (
        lambda: member_messages.send(message, by=manager, shown=fingerprint([cara])),
        lambda: member_messages.rewrite(message, by=manager, **ALL),
        lambda: member_messages.discard(message, by=manager),
    ):
        with pytest.raises(Refused, match="has been sent"):
            again()


def test_message_to_nobody_is_refused(council, manager, write):
    message = write(existing(council))
    with pytest.raises(Refused, match="Nobody"):
        member_messages.send(message, by=manager, shown=fingerprint([]))


def test_sending_pauses_resumes_and_stops(member, cara, manager, write):
    message = write(member, **ALL)
    with pytest.raises(Refused):
        member_messages.pause(message, by=manager)
    member_messages.send(message, by=manager, shown=fingerprint(message.audience()))
    member_messages.pause(message, by=manager)
    assert bulk.send_some.func() == 0
    member_messages.resume(message, by=manager)
    member_messages.stop(message, by=manager)
    assert bulk.send_some.func() == 0
    assert message.mailing.counts()["stopped"] == 2


def test_email_says_who_writes_and_why_and_replies_go_to_the_manager(
    member, manager, officer, write
):
    send(write(member), manager)
    (letter,) = mail.outbox
    assert letter.subject == "A date"
    assert "Hello Olive,\n\nOne.\n\nTwo." in letter.body
    assert letter.reply_to == [manager.email]
    assert "you are the lead contact for Leeming Borough Council" in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers
    assert "cannot switch it off" in letter.body
    assert f"{settings.SITE_URL}/my/members/leeming/messages/" in letter.body


def test_each_council_has_it_in_its_history_and_one_query_more_writes_ten(
    member, other, manager, write
):
    def queries(*members: Membership) -> int:
        message = write(*members)
        shown = fingerprint(message.audience())
        with CaptureQueriesContext(connection) as made:
            member_messages.send(message, by=manager, shown=shown)
        return len(made)

    few = queries(member)
    more = [existing(make_council()) for _ in range(9)]
    for number, each in enumerate(more):
        people.represent(each, person(f"p{number}@x.example"))
    assert queries(member, *more) == few
    events = Event.objects.filter(what="membership.message_sent")
    assert events.filter(membership=member).count() == 2
    assert events.filter(membership=other).count() == 0
    assert {(event.why, event.by) for event in events} == {("A date", manager)}


@pytest.mark.parametrize(
    ("why", "stops"),
    [(bulk.Why.BOUNCED, False), (bulk.Why.COMPLAINED, True), (bulk.Why.LEFT, True)],
)
def test_who_complains_gets_no_more_news_and_still_what_is_about_membership(
    member, officer, manager, write, why, stops
):
    for about in MessageAbout:
        message = write(member, about=about)
        send(message, manager)
        row = message.mailing.deliveries.select_related("mailing").get()
        bulk.mark_bounced(row, "It did not arrive", why)
    assert write(member, about="news").audience().exists() != stops
    assert write(member).audience().exists()


def test_test_goes_to_oneself_and_its_link_stops_nothing(member, manager, write, client):
    message = write(member, **NEWS)
    member_messages.send_test(message, by=manager)
    mail.outbox.clear()
    outbox.send_due.func()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([manager.email], "Test: A date")
    assert "/my/emails/stop/sample/" in letter.body
    assert client.get("/my/emails/stop/sample/").status_code == 404
    assert message.mailing is None


# ---- What people switch off ---------------------------------------------------------------
def test_link_in_news_stops_it_with_one_post_and_without_an_account(
    member, officer, manager, write, client
):
    send(write(member, **NEWS), manager)
    (letter,) = mail.outbox
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in letter.body
    path = address.removeprefix(settings.SITE_URL)
    page = client.get(path)
    assert "has not changed anything" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not officer.mail_opt_outs.exists()
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [each.kind for each in officer.mail_opt_outs.all()] == [OptionalMail.NEWS]
    assert "We do not send you these" in client.get(path).content.decode()
    assert stop_token(officer.pk, OptionalMail.NEWS) not in redact(f"GET {path}?x")


def test_token_of_one_kind_or_person_stops_no_other(officer, stranger):
    token = stop_token(officer.pk, OptionalMail.NEWS)
    assert what_to_stop(token) == (officer.pk, OptionalMail.NEWS)
    other = stop_token(officer.pk, OptionalMail.CHECK_IN)
    assert what_to_stop(other) == (officer.pk, OptionalMail.CHECK_IN)
    assert what_to_stop(f"{stranger.pk}-{token.partition('-')[2]}") is None
    assert what_to_stop("x") is None


def test_link_of_an_account_that_was_deleted_still_answers(client, db):
    path = f"/my/emails/stop/{stop_token(99999, OptionalMail.NEWS)}/"
    assert client.post(path).status_code == 200
    assert client.get(path).status_code == 200


def test_person_chooses_their_emails_and_reads_what_they_always_get(member, officer, as_):
    browser = as_(officer)
    page = browser.get("/my/emails/").content.decode()
    assert page.count(" checked") == 2
    assert "Emails we always send" in page
    assert "Leeming Borough Council" in page
    browser.post("/my/emails/", {"wanted": ["check_in"]})
    assert [each.kind for each in officer.mail_opt_outs.all()] == [OptionalMail.NEWS]
    assert browser.get("/my/emails/").content.decode().count(" checked") == 1
    browser.post("/my/emails/", {"wanted": ["check_in", "news"]})
    assert not officer.mail_opt_outs.exists()
    assert browser.post("/my/emails/", {"wanted": ["x"]}).status_code == 200
    assert 'href="/my/emails/"' in browser.get("/my/?account").content.decode()
    assert as_().get("/my/emails/").status_code == 302


@pytest.fixture
def waiting(member) -> CheckIn:
    today = timezone.localdate()
    return CheckIn.objects.create(membership=member, due_on=today, answer_by=today)


def reminded(check_in: CheckIn) -> dict[str, str]:
    """Remind the council of its check-in, and return the emails by recipient."""
    OutboxMessage.objects.all().delete()
    mail.outbox.clear()
    emails.reminder(check_in, is_first=False)
    outbox.send_due.func()
    return {each.to[0]: each.body for each in mail.outbox}


def test_contributor_stops_reminders_by_the_link_while_someone_leads(
    waiting, member, cara, officer, client
):
    letters = reminded(waiting)
    assert "Stop these reminders" not in letters[officer.email]
    address = re.search(r"/my/emails/stop/\S+", letters[cara.email])[0]
    assert str(OutboxMessage.objects.values_list("about", flat=True)).find(address) == -1
    client.post(address)
    assert set(reminded(waiting)) == {officer.email}
    member_messages.choose_emails(officer, by=officer, wanted=[])
    assert set(reminded(waiting)) == {officer.email}, "someone has to know"
    member.representatives.filter(user=officer).update(ended_at=timezone.now(), ended_why="x")
    letters = reminded(waiting)
    assert set(letters) == {cara.email}, "no one else would know"
    assert "Stop these reminders" not in letters[cara.email]


def test_merged_account_keeps_what_either_switched_off(member, cara, officer, manager):
    other = person("olive@home.example")
    for who, kind in ((other, OptionalMail.NEWS), (other, OptionalMail.CHECK_IN)):
        member_messages.stop_emails(who, kind)
    member_messages.stop_emails(officer, OptionalMail.NEWS)
    people.merge_people(officer, other, by=manager, how="She told us")
    assert {each.kind for each in officer.mail_opt_outs.all()} == set(OptionalMail)


# ---- Where members read it ----------------------------------------------------------------
def test_members_people_read_again_what_was_sent_to_them(
    member, other, cara, officer, manager, write, as_
):
    send(write(member, subject="For the lead"), manager)
    send(write(member, **ALL | {"subject": "For everyone"}), manager)
    send(write(other, **ALL | {"subject": "Not for Leeming"}), manager)
    write(member, **ALL | {"subject": "A draft"})
    page = as_(officer).get("/my/members/leeming/messages/").content.decode()
    assert page.index("For everyone") < page.index("For the lead")
    assert "<p>One.</p>" in page
    assert not re.search("Not for Leeming|A draft", page)
    page = as_(cara).get("/my/members/leeming/messages/").content.decode()
    assert "For everyone" in page
    assert "For the lead" not in page
    lou = other.lead()
    assert as_(lou).get("/my/members/leeming/messages/").status_code == 404
    assert as_().get("/my/members/leeming/messages/").status_code == 302
    address = '/my/members/leeming/messages/"'
    assert address in as_(officer).get("/my/members/leeming/").content.decode()


# ---- Staff's pages ------------------------------------------------------------------------
def test_manager_filters_the_list_writes_reads_tries_and_sends(
    member, other, cara, officer, manager, staff
):
    browser = staff(manager)
    query = f"?cohort={other.cohort_id}"
    page = browser.get(f"/admin/members/{query}").content.decode()
    assert f'href="/admin/members/write/{query}"' in page
    page = browser.get(f"/admin/members/write/{query}").content.decode()
    assert "the 1 public member that your list shows" in page
    assert "Leeming" not in page
    wrong = browser.post(f"/admin/members/write/{query}", {"subject": "x"})
    assert "Enter the text" in wrong.content.decode()
    browser.post(f"/admin/members/write/{query}", LEADS)
    message = MemberMessage.objects.get()
    assert list(message.memberships.all()) == [other]

    address = f"{LIST}{message.pk}/"
    page = browser.get(address).content.decode()
    assert "As Lou will read it" in page
    assert "Hello Lou," in page
    assert "<strong>1 person</strong>" in page
    browser.post(address, {"test": "yes"})
    assert OutboxMessage.objects.get(kind="network.member_message_test").to == manager.email
    assert browser.get(f"{address}change/").status_code == 200
    browser.post(f"{address}change/", LEADS | {"subject": "Another date"})
    shown = re.search(r'name="shown" value="(\w+)"', browser.get(address).content.decode())[1]
    browser.post(f"{address}send/", {"shown": shown})
    browser.post(f"{address}send/", {"shown": "x", "is_sure": "on"})
    assert message.mailing is None
    browser.post(f"{address}send/", {"shown": shown, "is_sure": "on"})
    assert message.mailing.recipients == 1
    assert browser.get(f"{address}change/").status_code == 302
    browser.post(address, {"pause": "yes"})
    assert "<h2>Paused</h2>" in browser.get(address).content.decode()
    browser.post(address, {"resume": "yes"})
    bulk.send_some.func()
    Delivery.objects.update(bounced_at=timezone.now(), bounce_why="There is no such address")
    page = browser.get(address).content.decode()
    assert "There is no such address" in page
    csv = b"".join(browser.get(f"{LIST}?export=csv")).decode()
    assert "Another date,Sent,Their membership,Lead contacts,1,1,1," in csv
    page = browser.get(f"/admin/members/{other.council.slug}/").content.decode()
    assert "Another date" in page


def test_manager_writes_to_those_whose_check_in_is_overdue(member, other, waiting, manager, staff):
    browser = staff(manager)
    Membership.objects.filter(pk=member.pk).update(status="overdue")
    for query, expected in {
        "standing=overdue": [member],
        "q=leem": [member],
        "": [member, other],
    }.items():
        browser.post(f"/admin/members/write/?{query}", LEADS)
        made = MemberMessage.objects.latest("pk")
        assert set(made.memberships.all()) == set(expected), query


def test_page_never_shows_a_link_that_works(member, officer, manager, write, staff):
    message = write(member, **NEWS)
    page = staff(manager).get(f"{LIST}{message.pk}/").content.decode()
    assert "/my/emails/stop/sample/" in page
    assert stop_token(officer.pk, OptionalMail.NEWS) not in page


def test_page_says_who_is_not_reached(member, officer, manager, write, staff):
    unclaimed = existing(make_council())
    member_messages.choose_emails(officer, by=officer, wanted=[])
    message = write(member, unclaimed, **NEWS)
    page = staff(manager).get(f"{LIST}{message.pk}/").content.decode()
    assert "1 person has switched our news off" in page
    assert "No one gets it at 2 members" in page
    assert "No one would get it" in page
    browser = staff(manager)
    browser.post(f"{LIST}{message.pk}/change/", {"delete": "yes"})
    assert not MemberMessage.objects.exists()


def test_counts_stay_after_the_deliveries_are_gone(member, manager, write, staff):
    message = write(member)
    send(message, manager)
    counts = message.mailing.counts()
    Mailing.objects.update(last_counts=counts)
    Delivery.objects.all().delete()
    csv = b"".join(staff(manager).get(f"{LIST}?export=csv")).decode()
    assert "A date,Sent,Their membership,Lead contacts,1,1,0," in csv
    assert "for 90 days" in staff(manager).get(f"{LIST}{message.pk}/").content.decode()


def test_lists_take_as_many_queries_for_ten_messages_and_people_as_for_one(
    member, manager, write, staff
):
    browser = staff(manager)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert browser.get(path).status_code == 200
        return len(made)

    message = write(member, **ALL)
    paths = [LIST, f"{LIST}{message.pk}/", "/admin/members/write/"]
    [queries(path) for path in paths]
    one = [queries(path) for path in paths]
    for number in range(9):
        write(member)
        people.represent(member, person(f"p{number}@leeming.gov.uk"), RepresentativeRole.VIEWER)
    assert [queries(path) for path in paths] == one


@pytest.mark.parametrize("who", ["officer", "editor", "stranger"])
def test_only_managers_open_staffs_pages(request, member, write, staff, who):
    message = write(member)
    browser = staff(request.getfixturevalue(who))
    for path in ("/admin/members/write/", LIST, f"{LIST}{message.pk}/"):
        assert browser.get(path).status_code in {302, 403}
        assert browser.post(path, LEADS).status_code in {302, 403, 405}
    browser.post(f"{LIST}{message.pk}/send/", {"is_sure": "on"})
    assert message.mailing is None
    assert MemberMessage.objects.count() == 1


def test_wrong_filter_chooses_nobody_and_not_everybody(staff, manager, member):
    typed = {"to": "all", "about": "membership", "subject": "To you", "text": "Hello."}
    page = staff(manager).post("/admin/members/write/?cohort=nonsense", typed)
    assert page.status_code == 200 and page.context["chosen"] == []
    assert not MemberMessage.objects.exists()
