"""Health checks, robots.txt, sitemaps, error pages and demonstration accounts."""

import re
import threading
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from wagtail.models import Page, PageViewRestriction

import campaign.seed
from campaign.models import ContentPage
from councils.tests.factories import make_council
from network.actions import memberships, sign_ups
from network.models import Membership
from portal import health
from portal.crawlers import ViewSitemap
from portal.jobs.tick import tick
from portal.models import OutboxMessage, SignOfLife, SiteOperator
from portal.tests.jobs.test_worker import a_task
from portal.tests.security.test_doors import give_second_factor
from portal.tests.test_head import meta_of
from search.engines.interface import EngineUnavailable
from search.views import staff

pytestmark = pytest.mark.django_db
REPORT = health.report  # in a thread, with an end; other tests look in their own


@pytest.fixture
def engine(monkeypatch):
    """A search engine that answers; `engine(problem)` makes it fail."""

    class Engine:
        problem: Exception | None = None

        def count(self):
            if self.problem:
                raise self.problem
            return 1

    made = Engine()
    monkeypatch.setattr(staff, "get_engine", lambda: made)

    def fail(problem):
        made.problem = problem

    return fail


@pytest.fixture
def worker():
    """A worker that has just given a sign of life."""
    SignOfLife.give("worker")


ALL = {"database": "ok", "disk": "ok", "queue": "ok", "search": "ok"}


def test_healthz_needs_no_database(client, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_checks_every_part(client, engine, worker):
    answer = client.get("/readyz")
    assert answer.json() == ALL
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("problem", [EngineUnavailable("http://user:secret@es"), OSError("x")])
def test_broken_search_is_named_without_its_message(client, engine, worker, problem):
    engine(problem)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == ALL | {"search": "not ok"}
    assert b"secret" not in answer.content


def test_database_that_takes_no_write_is_named(client, engine, worker):
    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            raise OperationalError("database or disk is full; password=secret")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == ALL | {"database": "not ok"}
    assert b"secret" not in answer.content


def test_write_probe_grows_nothing(client, engine, worker):
    client.get("/readyz")
    first = SignOfLife.of("database")
    client.get("/readyz")
    assert SignOfLife.of("database") > first
    assert SignOfLife.objects.count() == 2


@pytest.mark.parametrize(
    ("free", "total", "is_well"),
    [
        (499_000_000, 20_000_000_000, False),
        (499_000_000, 5_000_000_000, True),
        (501_000_000, 20_000_000_000, True),
    ],
)
def test_full_disk_is_named(client, engine, worker, monkeypatch, free, total, is_well):
    disk = SimpleNamespace(free=free, total=total)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: disk)
    assert (client.get("/readyz").json()["disk"] == "ok") is is_well


def a_mail(minutes_late: float, **fields) -> OutboxMessage:
    due = timezone.now() - timedelta(minutes=minutes_late)
    return OutboxMessage.objects.create(
        kind="x", event="x", to="ann@example.org", message_id="x", next_try_at=due, **fields
    )


def test_unsent_mail_is_stuck_queue(client, engine, worker):
    a_mail(3)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["queue"]) == (503, "not ok")
    assert b"ann@" not in answer.content


@pytest.mark.parametrize("status", ["sent", "failed", "cancelled"])
def test_finished_mail_is_not_stuck(client, engine, worker, status):
    a_mail(300, status=status)
    assert client.get("/readyz").status_code == 200


def test_mail_waiting_for_retry_is_not_stuck(client, engine, worker):
    a_mail(-10, attempts=3)
    a_task(TaskResultStatus.READY, 1)
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("error", "is_well"), [("ConnectionRefusedError", False), ("SMTPRecipientsRefused", True)]
)
def test_mail_that_no_server_takes_is_stuck_queue(client, engine, worker, error, is_well):
    mail = a_mail(-50, attempts=4, last_error=error)
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    assert (client.get("/readyz").json()["queue"] == "ok") is is_well
    assert is_well or f"({mail.last_error})" in health.states()["queue"].said


def test_waiting_task_is_stuck_queue(client, engine, worker):
    task = a_task(TaskResultStatus.READY, 3)
    long_ago = timezone.now() - timedelta(minutes=3)
    type(task).objects.update(enqueued_at=long_ago)
    assert client.get("/readyz").json()["queue"] == "not ok"


def test_worker_that_gives_no_sign_of_life_is_stuck_queue(client, engine):
    assert client.get("/readyz").json()["queue"] == "not ok"
    tick()
    assert client.get("/readyz").json()["queue"] == "ok"
    SignOfLife.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert client.get("/readyz").json()["queue"] == "not ok"
    assert health.states()["queue"].said.startswith("The worker was last seen on ")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/robots.txt"])
def test_health_checks_are_read_only(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code in {200, 503}


@pytest.fixture
def hanging(monkeypatch):
    """A part that hangs until it is told to go on, beside one that works."""
    asked, go_on = [], threading.Event()

    def hang():
        asked.append(True)
        go_on.wait()
        return "It works again."

    well = health.Part("Disk space", lambda: "All is well.", "")
    monkeypatch.setattr(health, "_parts", {"disk": well, "x": health.Part("X", hang, "Wait.")})
    monkeypatch.setattr(health, "_latest", [])
    monkeypatch.setattr(health, "LONGEST", 1)
    yield SimpleNamespace(asked=asked, go_on=go_on)
    go_on.set()


def test_part_that_hangs_is_waited_for_once_and_by_one(hanging):
    began = time.monotonic()
    found = REPORT()
    assert 1 <= time.monotonic() - began < 10
    assert found["disk"] == health.State("Disk space", True, "All is well.", "")
    assert found["x"] == health.State("X", False, "It does not answer in time.", "Wait.")
    began = time.monotonic()
    assert REPORT() == found
    assert time.monotonic() - began < 0.9
    assert len(hanging.asked) == 1

    hanging.go_on.set()
    health._latest[0].join()
    assert REPORT()["x"].said == "It works again."


def test_report_is_made_once_a_second(hanging, monkeypatch):
    hanging.go_on.set()
    for _ in range(20):
        assert REPORT()["x"].is_well
    assert len(hanging.asked) == 1
    monkeypatch.setattr(health, "FRESH_FOR", -1)
    REPORT()
    assert len(hanging.asked) == 2


# ---- Staff see the same in words ---------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "editor"])
def test_staff_see_what_does_not_work_and_what_to_do(as_, request, who, engine, worker):
    person = request.getfixturevalue(who)
    give_second_factor(person)
    client = as_(person)
    assert 'id="health' not in client.get("/admin/").content.decode()
    page = client.get("/admin/reports/health/").content.decode()
    assert page.count(": works</h2>") == 4
    assert "It can be read and written to." in page

    SignOfLife.objects.all().delete()
    engine(EngineUnavailable("The search server took too long."))
    for path in ("/admin/", "/admin/reports/health/"):
        page = client.get(path).content.decode()
        assert "No worker has been seen yet." in page
        assert "Readers find titles and names only. The search engine says: The search" in page
        assert "They should check that a worker is running" in page


def test_health_in_words_is_for_staff_only(as_, officer, client):
    assert client.get("/admin/reports/health/").status_code == 302
    assert as_(officer).get("/admin/reports/health/").status_code in {302, 403}


@pytest.mark.django_db
def test_security_txt_names_a_contact_and_has_not_expired(client):
    SiteOperator(name="The operator", email="hello@operator.example").save()
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "mailto:hello@operator.example"
    assert fields["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert timedelta(days=150) < left < timedelta(days=365)
    assert client.post("/.well-known/security.txt").status_code == 405


def test_robots_excludes_private_paths(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    private = ["/admin/", "/django-admin/", "/accounts/", "/endorse/", "/join/KIL-", "/my/"]
    for path in private:
        assert f"Disallow: {path}" in lines
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines


# ---- The sitemap ------------------------------------------------------------------------


@pytest.fixture
def home(db):
    return campaign.seed.home()


def addresses() -> list[str]:
    answer = Client().get("/sitemap.xml")
    assert answer.status_code == 200
    tree = ElementTree.fromstring(answer.content)
    found = [element.text for element in tree.iter() if element.tag.endswith("}loc")]
    for address in found:
        assert address.startswith(f"{settings.SITE_URL}/"), address
    return [address.removeprefix(settings.SITE_URL) for address in found]


def a_page(home, slug: str, **fields) -> Page:
    return home.add_child(instance=ContentPage(title=slug, slug=slug, **fields))


def test_sitemap_has_pages_views_and_register(home, council):
    gone = make_council(slug="gone", ended_on=timezone.localdate() - timedelta(days=1))
    a_page(home, "imprint")
    found = addresses()
    assert {"/", "/imprint/", "/councils/", "/multiplier/", "/councils/leeming/"} <= set(found)
    assert gone.get_absolute_url() in found
    assert len(found) == len(set(found))


def test_list_of_councils_has_the_date_of_the_newest_member(home, council):
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    text = Client().get("/sitemap.xml").content.decode()
    dated = dict(re.findall(r"<loc>([^<]*)</loc>(?:<lastmod>([^<]*)</lastmod>)?", text))

    announced = Membership.objects.get().announced_at
    assert dated[f"{settings.SITE_URL}/councils/"] == f"{announced:%Y-%m-%d}"
    assert dated[f"{settings.SITE_URL}/multiplier/"] == ""


def test_sitemap_has_nothing_private_or_invented(home, council, officer):
    make_council(slug="demo-x", is_demonstration=True)
    a_page(home, "a-draft", live=False)
    secret = a_page(home, "a-secret")
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    below = secret.add_child(instance=ContentPage(title="Below", slug="below"))
    sign_up = sign_ups.start_sign_up(council, by=officer)
    found = addresses()
    for word in ("demo-x", "a-draft", "a-secret", below.slug, "join/council", "endorse", "my"):
        assert not any(f"/{word}/" in address for address in found), word
    assert not any(sign_up.reference in address for address in found)


def test_every_sitemap_address_answers(home, council, client):
    for address in addresses():
        assert client.get(address).status_code == 200, address


def test_sitemap_queries_do_not_grow(home, council, client, django_assert_max_num_queries):
    a_page(home, "the-first")
    client.get("/sitemap.xml")
    with django_assert_max_num_queries(15) as few:
        client.get("/sitemap.xml")
    for number in range(50):
        make_council()
        a_page(home, f"page-{number}")
    client.get("/robots.txt")  # reads again who runs the site
    with django_assert_max_num_queries(15) as many:
        client.get("/sitemap.xml")
    assert len(many) == len(few)


# ---- Pages for when something is wrong --------------------------------------------------


@pytest.mark.parametrize("path", ["/no-such-page/", "/councils/no-such/", "/case-studies/x/y/"])
def test_unknown_address_shows_helpful_404(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert not answer.cookies


def test_fault_shows_500_page_without_details(client, monkeypatch):
    from network.views import directory  # noqa: PLC0415

    def break_down(*args, **kwargs):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(directory, "get_object_or_404", break_down)
    client.raise_request_exception = False
    answer = client.get("/councils/leeming/")
    assert answer.status_code == 500
    html = answer.content.decode()
    assert "Sorry, there is a problem with the service" in html
    assert "secret reason" not in html


# ---- The demonstration ------------------------------------------------------------------


@pytest.fixture
def machine(settings, tmp_path):
    """DEBUG with a VAR_DIR of its own."""
    settings.DEBUG, settings.VAR_DIR = True, tmp_path
    return tmp_path


def test_demonstration_is_refused_outside_debug(settings, tmp_path):
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import CommandError  # noqa: PLC0415

    from councils.models import Council  # noqa: PLC0415
    from portal.management import demo_accounts  # noqa: PLC0415
    from portal.models import User  # noqa: PLC0415

    settings.DEBUG, settings.VAR_DIR = False, tmp_path
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")
    with pytest.raises(ImproperlyConfigured):
        demo_accounts.make()
    assert not User.objects.exists()
    assert not Council.objects.exists()
    assert not list(tmp_path.iterdir())


def test_demo_passwords_are_random_and_private(machine, settings, tmp_path):
    from portal.management import demo_accounts  # noqa: PLC0415
    from portal.models import User  # noqa: PLC0415

    people = demo_accounts.make()
    first = demo_accounts.lines()
    assert len(first) == len(people) == 5
    for line in first:
        email, password = line.split()[-2:]
        assert len(password) >= 16
        assert User.objects.get(email=email).check_password(password)
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    demo_accounts.make()
    assert demo_accounts.lines() == first, "seeding again changes no password"
    User.objects.all().delete()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings.VAR_DIR = elsewhere
    demo_accounts.make()
    assert not set(demo_accounts.lines()) & set(first)


def test_lost_password_file_makes_new_passwords(machine):
    from portal.management import demo_accounts  # noqa: PLC0415
    from portal.models import User  # noqa: PLC0415

    demo_accounts.make()
    next(machine.iterdir()).unlink()
    people = demo_accounts.make()
    line = next(line for line in demo_accounts.lines() if "manager" in line)
    assert User.objects.get(pk=people["manager"].pk).check_password(line.split()[-1])


def test_demonstration_is_made_once_and_listed_nowhere(machine, home, client):
    from councils.models import Council  # noqa: PLC0415
    from network.models import Event, SignUp  # noqa: PLC0415
    from search.documents.indexing import ensure_built  # noqa: PLC0415
    from search.engines.asking import ask  # noqa: F401, PLC0415 (search is installed)

    call_command("seed_demo")
    counted = [model.objects.count() for model in (Council, SignUp, Event, OutboxMessage)]
    call_command("seed_demo")
    assert counted == [model.objects.count() for model in (Council, SignUp, Event, OutboxMessage)]
    assert counted[0] == 7
    assert not Council.objects.real().exists()
    assert not any("demo-" in address for address in addresses())
    ensure_built()
    for path in ("/councils/", "/councils/?q=samplebury", "/councils/?status=member"):
        shown = re.findall(r"/councils/(demo-[\w-]+)/", client.get(path).content.decode())
        assert shown == [], path
    for path in ("/search/?q=samplebury", "/search/suggest/?q=samplebury"):
        assert "demo-samplebury" not in client.get(path).content.decode(), path


def test_pages_of_the_sitemap_say_what_they_are_and_no_two_the_same(client):
    sitemap = ViewSitemap()
    heads = {}
    for name in sitemap.items():
        html = client.get(sitemap.location(name)).content.decode().partition("<body")[0]
        meta = meta_of(html)
        assert meta["og:url"] == settings.SITE_URL + sitemap.location(name), name
        assert "robots" not in meta, name
        heads[name] = meta["og:title"], meta["description"]

    assert all(25 <= len(description) <= 320 for _, description in heads.values())
    for said in zip(*heads.values(), strict=True):
        assert len(set(said)) == len(heads)
