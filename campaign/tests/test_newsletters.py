"""Newsletters: who writes and sends them, to whom, and what they say."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.choices import SupporterStatus, Topic
from campaign.supporters import staff
from campaign.supporters.actions import newsletters, supporters
from campaign.supporters.models import CouncilAsk, Supporter, digest_of
from campaign.supporters.newsletters import Newsletter, NewsletterItem
from campaign.tests.factories import (
    EventIndexPageFactory,
    EventPageFactory,
    HomePageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
    SupporterFactory,
)
from conftest import person
from councils.tests.factories import make_council
from network.models import Refused
from portal.mail import bulk, outbox
from portal.models import Mailing, OutboxMessage, PageChange
from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
LIST = "/admin/snippets/campaign/newsletter/"


@pytest.fixture
def newsletter(db) -> Newsletter:
    return Newsletter.objects.create(
        subject="Two councils join", introduction="First.\n\nSecond.", closing="Write to us."
    )


@pytest.fixture
def pages(db):
    """Some news and an event, both published."""
    home = HomePageFactory()
    news = NewsPageFactory(parent=NewsIndexPageFactory(parent=home), title="Leeming & Co join")
    event = EventPageFactory(parent=EventIndexPageFactory(parent=home), title="A meeting")
    return news, event


@pytest.fixture
def author(db):
    """Someone who may write pages and newsletters, and publish neither."""
    return person("ada@network.example", group="Editors", first_name="Ada")


# ---- Audience ----------------------------------------------------------------------------
def test_audience_is_who_confirmed_and_wants_the_topic(newsletter):
    everything = SupporterFactory()
    buying = SupporterFactory(topics=[Topic.BUYING, Topic.AWARDS])
    health = SupporterFactory(topics=[Topic.HEALTH])
    for status in set(SupporterStatus) - {SupporterStatus.CONFIRMED}:
        SupporterFactory(status=status)
    assert set(newsletter.audience()) == {everything, buying, health}
    newsletter.topics = [Topic.BUYING, Topic.POLICY]
    assert set(newsletter.audience()) == {everything, buying}
    assert newsletter.audience_in_words == (
        "Supporters about Buying and commissioning, Government and law"
    )


def test_audience_can_be_of_some_councils(newsletter, council):
    SupporterFactory()
    SupporterFactory(council=make_council())
    here = SupporterFactory(council=council)
    assert newsletter.audience_in_words == "All supporters"
    newsletter.councils.add(council)
    newsletter.save()
    found = Newsletter.objects.get()
    assert set(found.audience()) == {here}
    assert found.audience_in_words == "Supporters of Leeming"


# ---- Sending -----------------------------------------------------------------------------
def test_newsletter_reaches_each_with_their_own_links_and_what_is_public(
    newsletter, pages, manager, client
):
    news, event = pages
    hidden = NewsPageFactory(parent=news.get_parent(), title="Under embargo", live=False)
    for order, page in enumerate((event, news, hidden)):
        NewsletterItem.objects.create(newsletter=newsletter, page=page, sort_order=order)
    sue, bob = SupporterFactory(name="Sue"), SupporterFactory()
    newsletters.send(newsletter, by=manager, recipients=2)
    assert bulk.send_some.func() == 2

    first, second = mail.outbox
    assert first.to == [sue.email]
    assert first.subject == "Two councils join"
    assert "Hello Sue,\n\nFirst.\n\nSecond." in first.body
    assert "Hello,\n" in second.body
    assert first.body.index("A meeting") < first.body.index("Leeming & Co join")
    assert f"{settings.SITE_URL}{news.address}" in first.body
    assert "embargo" not in first.body
    html = first.alternatives[0].content
    assert f'<a href="{settings.SITE_URL}{news.address}">Leeming &amp; Co join</a>' in html
    assert "<p>First.</p>" in html
    assert "<img" not in html
    assert "http" not in html.replace(settings.SITE_URL, "")

    one_click = first.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one_click in first.body
    assert one_click in html
    assert bob.unsubscribe_token not in first.body
    client.post(one_click, {"List-Unsubscribe": "One-Click"})
    sue.refresh_from_db()
    assert sue.status == SupporterStatus.LEFT
    bob.refresh_from_db()
    assert bob.is_on_the_list


def test_number_of_queries_for_an_email_does_not_grow_with_its_pages(newsletter, pages, manager):
    def queries() -> int:
        SupporterFactory()
        Mailing.objects.all().delete()
        newsletters.send(newsletter, by=manager, recipients=Supporter.objects.count())
        with CaptureQueriesContext(
            connection,
        ) as made:
            bulk.send_some.func()
        return len(made)

    one = queries()
    each = queries() - one
    for order, page in enumerate(pages):
        NewsletterItem.objects.create(newsletter=newsletter, page=page, sort_order=order)
    few = queries()
    assert each <= 8
    assert queries() - few == each


@pytest.mark.parametrize("gone", [supporters.leave, supporters.erase])
def test_who_leaves_between_writing_and_sending_gets_nothing(newsletter, manager, gone):
    sue, _ = SupporterFactory(), SupporterFactory()
    newsletters.send(newsletter, by=manager, recipients=2)
    gone(sue)
    assert bulk.send_some.func() == 1
    assert sue.email not in [to for message in mail.outbox for to in message.to]


def test_newsletter_goes_only_to_as_many_as_were_shown_and_once(newsletter, manager):
    with pytest.raises(Refused, match="Nobody"):
        newsletters.send(newsletter, by=manager, recipients=0)
    SupporterFactory()
    with pytest.raises(Refused, match="It would now go to 1 people"):
        newsletters.send(newsletter, by=manager, recipients=2)
    newsletters.send(newsletter, by=manager, recipients=1)
    with pytest.raises(Refused, match="sent before"):
        newsletters.send(newsletter, by=manager, recipients=1)
    assert Mailing.objects.get().by == manager


def test_sending_pauses_resumes_and_stops(newsletter, manager):
    SupporterFactory.create_batch(2)
    for act in (newsletters.pause, newsletters.resume, newsletters.stop):
        with pytest.raises(Refused):
            act(newsletter, by=manager)
    newsletters.send(newsletter, by=manager, recipients=2)
    newsletters.pause(newsletter, by=manager)
    assert bulk.send_some.func() == 0
    newsletters.resume(newsletter, by=manager)
    assert newsletter.mailing.status == Mailing.Status.SENDING
    newsletters.stop(newsletter, by=manager)
    assert bulk.send_some.func() == 0
    with pytest.raises(Refused):
        newsletters.resume(newsletter, by=manager)


@pytest.mark.parametrize(
    ("why", "status"),
    [
        (bulk.Why.BOUNCED, SupporterStatus.BOUNCED),
        (bulk.Why.COMPLAINED, SupporterStatus.COMPLAINED),
        (bulk.Why.LEFT, SupporterStatus.LEFT),
    ],
)
def test_who_cannot_be_reached_or_complains_gets_no_more(newsletter, manager, why, status):
    sue = SupporterFactory()
    newsletters.send(newsletter, by=manager, recipients=1)
    bulk.send_some.func()
    row = newsletter.mailing.deliveries.select_related("mailing").get()
    bulk.mark_bounced(row, "It did not arrive", why)
    sue.refresh_from_db()
    assert sue.status == status
    assert not newsletter.audience()


def test_a_test_goes_to_oneself_and_its_links_open_nothing(newsletter, author, client):
    SupporterFactory()
    newsletters.send_test(newsletter, by=author)
    assert outbox.send_due.func() == 1
    (message,) = mail.outbox
    assert message.to == [author.email]
    assert message.subject == "Test: Two councils join"
    assert "/supporters/link/unsubscribe/sample/" in message.body
    assert "/supporters/link/preferences/sample/" in message.alternatives[0].content
    assert client.get("/supporters/link/unsubscribe/sample/").status_code == 404
    assert newsletter.mailing is None


# ---- Who may ------------------------------------------------------------------------------
@pytest.fixture
def people(officer, stranger, author, editor, manager) -> dict:
    root = person("root@network.example", is_superuser=True)
    closed = person("gone@network.example", group="Network managers", is_active=False)
    return {
        "officer": officer,
        "stranger": stranger,
        "author": author,
        "editor": editor,
        "manager": manager,
        "superuser": root,
        "closed": closed,
    }


WRITERS = {"author", "editor", "manager", "superuser"}
SENDERS = {"manager", "superuser"}


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("send_test", WRITERS),
        ("send", SENDERS),
        ("pause", SENDERS),
        ("resume", SENDERS),
        ("stop", SENDERS),
    ],
)
def test_only_these_people_can(act, allowed, people, newsletter):
    SupporterFactory()
    kwargs = {"recipients": 1} if act == "send" else {}
    for name, who in people.items():
        if act in {"pause", "stop", "resume"} and newsletter.mailing is None:
            newsletters.send(newsletter, by=people["manager"], recipients=1)
        before = "paused" if act == "resume" else "sending"
        Mailing.objects.update(status=before, ended_at=None)
        if name in allowed:
            getattr(newsletters, act)(newsletter, by=who, **kwargs)
        else:
            with pytest.raises(PermissionDenied):
                getattr(newsletters, act)(newsletter, by=who, **kwargs)
        if act == "send":
            Mailing.objects.all().delete()
    seen = {name for name, who in people.items() if who.has_perm("campaign.view_supporter")}
    assert seen == SENDERS


# ---- In the admin -------------------------------------------------------------------------
@pytest.fixture
def managers_browser(as_, manager):
    give_second_factor(manager)
    return as_(manager)


def form_of(**given) -> dict:
    rows = {f"items-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    rows |= {"items-MAX_NUM_FORMS": "12"}
    return rows | {"subject": "News", "introduction": "Hello.", "closing": ""} | given


def test_author_writes_a_newsletter_with_pages_and_reads_it(as_, author, pages, council):
    give_second_factor(author)
    browser = as_(author)
    before = PageChange.objects.count()
    given = form_of(
        **{
            "topics": ["health"],
            "items-TOTAL_FORMS": "1",
            "items-0-page": pages[0].pk,
            "items-0-ORDER": "1",
            "items-0-id": "",
        }
    )
    assert browser.get(f"{LIST}add/").status_code == 200
    answer = browser.post(f"{LIST}add/", given | {"councils": [council.pk]})
    assert answer.status_code == 302, answer.context["form"].errors
    made = Newsletter.objects.get()
    assert (made.topics, [e.title for e in made.entries]) == (["health"], ["Leeming & Co join"])
    assert PageChange.objects.count() == before, "no public page shows it"
    page = browser.get(f"/admin/newsletters/{made.pk}/").content.decode()
    assert "Ask a network manager to send it" in page
    read = browser.get(f"/admin/newsletters/{made.pk}/read/")
    assert "Leeming &amp; Co join" in read.content.decode()
    preview = browser.post(f"{LIST}preview/{made.pk}/", given)
    assert preview.json()["is_valid"]
    shown = browser.get(f"{LIST}preview/{made.pk}/?mode=")
    assert "Hello Sue Sample" in shown.content.decode()
    SupporterFactory(council=council)
    browser.post(f"/admin/newsletters/{made.pk}/send/", {"recipients": "1", "is_sure": "on"})
    assert made.mailing is None
    assert browser.get("/admin/supporters/").status_code in {302, 403}


def test_a_page_that_nobody_can_open_is_refused(managers_browser, pages):
    pages[0].unpublish()
    given = form_of(**{"items-TOTAL_FORMS": "1", "items-0-page": pages[0].pk, "items-0-ORDER": "1"})
    answer = managers_browser.post(f"{LIST}add/", given)
    assert "Choose a page that is published" in answer.content.decode()


def test_manager_sends_after_confirming_the_number(managers_browser, newsletter, manager):
    SupporterFactory.create_batch(3)
    address = f"/admin/newsletters/{newsletter.pk}/"
    page = managers_browser.get(address).content.decode()
    assert "All supporters: <strong>3 people</strong>" in page
    managers_browser.post(address, {"test": "yes"})
    assert OutboxMessage.objects.get().to == manager.email
    managers_browser.post(f"{address}send/", {"recipients": "3"})
    managers_browser.post(f"{address}send/", {"recipients": "x", "is_sure": "on"})
    managers_browser.post(f"{address}send/", {"recipients": "2", "is_sure": "on"})
    assert newsletter.mailing is None
    managers_browser.post(f"{address}send/", {"recipients": "3", "is_sure": "on"})
    assert newsletter.mailing.recipients == 3
    managers_browser.post(address, {"pause": "yes"})
    page = managers_browser.get(address).content.decode()
    assert "<h2>Paused</h2>" in page
    assert "mo@network.example" in page or "Mo" in page
    assert managers_browser.get(f"{address}send/").status_code == 405
    managers_browser.post(address, {"resume": "yes"})
    bulk.send_some.func()
    assert "<h2>Sent</h2>" in managers_browser.get(address).content.decode()
    listed = managers_browser.get(LIST).content.decode()
    assert "mo@network.example" in listed
    history = managers_browser.get(f"{LIST}history/{newsletter.pk}/").content.decode()
    for words in ("Began to send", "Paused the sending", "Resumed the sending"):
        assert words in history


def test_a_newsletter_that_was_sent_cannot_be_changed_or_deleted(
    managers_browser, newsletter, manager
):
    address = f"{LIST}edit/{newsletter.pk}/"
    assert managers_browser.get(address).status_code == 200
    assert f"/admin/newsletters/{newsletter.pk}/" in managers_browser.get(address).content.decode()
    SupporterFactory()
    newsletters.send(newsletter, by=manager, recipients=1)
    for path in (address, f"{LIST}delete/{newsletter.pk}/"):
        answer = managers_browser.post(path, form_of(subject="Other"))
        assert answer["Location"] == f"/admin/newsletters/{newsletter.pk}/"
    bulk_delete = f"/admin/bulk/campaign/newsletter/delete/?id={newsletter.pk}"
    managers_browser.post(bulk_delete)
    assert Newsletter.objects.get().subject == "Two councils join"
    form_class = staff.NewsletterViewSet().get_edit_handler().get_form_class()
    form = form_class(form_of(subject="Other"), instance=newsletter)
    assert "you cannot change it" in str(form.errors), "sent while the page was open"


def test_staff_lists_have_the_same_number_of_queries_for_one_and_ten_rows(
    managers_browser, council
):
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert managers_browser.get(path).status_code == 200
        return len(made)

    paths = ["/admin/supporters/", LIST, "/admin/reports/asked-to-join/"]

    def add(number: int) -> None:
        SupporterFactory(topics=[Topic.HEALTH], council=council)
        Newsletter.objects.create(subject=f"N{number}", introduction="I")
        digest = digest_of(f"{number}@x.example")
        there = make_council()
        CouncilAsk.objects.create(council=there, digest=digest, confirmed_at="2026-11-01T00:00Z")

    add(0)
    [queries(path) for path in paths]
    one = [queries(path) for path in paths]
    for number in range(1, 10):
        add(number)
    assert [queries(path) for path in paths] == one


def test_staff_filter_the_list_and_take_it_as_a_spreadsheet_without_formulas(
    managers_browser, council
):
    SupporterFactory(email="a@x.example", name="=HYPERLINK(1)", council=council)
    SupporterFactory(email="b@x.example", topics=[Topic.HEALTH], status=SupporterStatus.LEFT)
    csv = b"".join(managers_browser.get("/admin/supporters/?export=csv")).decode()
    assert "'=HYPERLINK(1)" in csv
    assert csv.splitlines()[0] == "Email,Name,Status,Topics,Council,Confirmed"
    only = b"".join(managers_browser.get("/admin/supporters/?export=csv&status=left")).decode()
    assert "b@x.example" in only
    assert "a@x.example" not in only
    buying = b"".join(managers_browser.get("/admin/supporters/?export=csv&topic=buying")).decode()
    assert "a@x.example" in buying
    assert "b@x.example" not in buying
    xlsx = managers_browser.get("/admin/supporters/?export=xlsx")
    assert b"".join(xlsx).startswith(b"PK")
    assert "a@x.example" in managers_browser.get("/admin/supporters/?q=a@x").content.decode()


def test_staff_erase_a_supporter_and_change_or_add_none(managers_browser):
    sue = SupporterFactory(email="sue@home.example")
    assert (
        "sue@home.example"
        in managers_browser.get(f"/admin/supporters/inspect/{sue.pk}/").content.decode()
    )
    for path in ("new/", f"edit/{sue.pk}/"):
        assert managers_browser.get(f"/admin/supporters/{path}").status_code in {302, 403}
    managers_browser.post(f"/admin/supporters/delete/{sue.pk}/")
    assert not Supporter.objects.exists()
    logged = managers_browser.get("/admin/reports/site-history/").content.decode()
    assert "sue@home.example" not in logged


def test_staff_see_how_many_asked_each_council(managers_browser, council, as_, editor):
    for number in range(3):
        given = {"council": council, "digest": digest_of(f"{number}@x.example")}
        CouncilAsk.objects.create(**given, confirmed_at="2026-11-01T00:00Z")
    CouncilAsk.objects.create(council=council, digest="x", email="late@x.example")
    page = managers_browser.get("/admin/reports/asked-to-join/").content.decode()
    assert "Leeming Borough Council" in page
    csv = b"".join(managers_browser.get("/admin/reports/asked-to-join/?export=csv")).decode()
    assert "Leeming Borough Council,North West,3," in csv
    assert "late@x.example" not in page + csv
    give_second_factor(editor)
    assert as_(editor).get("/admin/reports/asked-to-join/").status_code in {302, 403}
    assert str(CouncilAsk.objects.first()) == "Leeming was asked to join"


def test_groups_have_what_their_work_needs():
    for name, verbs in {"Editors": 3, "Publishers": 3, "Network managers": 5}.items():
        found = Group.objects.get(name=name).permissions.filter(content_type__model="newsletter")
        assert found.count() == verbs
