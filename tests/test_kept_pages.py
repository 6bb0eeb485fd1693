"""Pages kept before Django: fresh after every kind of change, and nobody else's."""

import gzip
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory
from django.utils import timezone
from psycopg import sql
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction, Site

from campaign.models import ContentPage, HomePage
from campaign.tests.factories import band
from casestudies.models import CaseStudyPage
from councils.lookup import domain_of
from councils.models import Council, CouncilAlias, CouncilDomain
from network.actions import departures, memberships, reviews
from network.choices import MembershipStatus
from network.models import Membership
from network.tests.factories import Story, fresh
from portal.jobs import tick
from portal.models import Picture, SiteOperator
from portal.page_cache import PageCache, generation
from principles.models import PrinciplePage
from tests.conftest import _OURS, PATIENCE, ROOT, free_port, new_database
from tests.test_public_pages import PAGES

STUDY = "/case-studies/bradford-spending-with-the-district-first/"
# One of each kind that is kept.
KEPT = [
    "/",
    "/principles/",
    "/principles/local-spend/",
    "/community-organisations/",
    "/community-organisations/?council=bradford",
    "/journalists/",
    "/case-studies/",
    "/case-studies/?region=yorkshire-and-the-humber&principle=local-spend",
    STUDY,
    "/case-studies/corrections/",
    "/case-studies/feed/",
    "/data/",
    "/data/results.csv",
    "/data/members.csv?on=2024-06-01",
    "/data/case-studies.json?region=london",
    "/news/",
    "/news/first-eleven-councils/",
    "/events/",
    "/resources/",
    "/resources/reserving-below-threshold-contracts/",
    "/glossary/",
    "/timeline/",
    "/councils/",
    "/councils/?view=map",
    "/councils/?region=london",
    "/councils/bradford/",
    "/councils/leicester/",
    "/councils/bradford/endorsement/",
    "/councils/bradford/endorsement.json",
    "/councils/bradford/badge.svg",
    "/councils/bradford/badge.svg?size=small&theme=dark",
    "/councils/bradford/certificate/",
    "/search/",
    "/about/",
    "/contact/",
    "/sitemap.xml",
    "/robots.txt",
    "/api/v1/councils",
    "/api/v1/members",
    "/join/",
    "/multiplier/",
    # The frame of these is that of the last two.
    "/join/ask-my-council/",
    "/join/not-listed/",
    "/supporters/",
    "/supporters/sent/",
    "/supporters/erased/",
    "/supporters/asked/",
    "/join/committee-paper/",
    "/multiplier/compare/",
    "/multiplier/shift/",
    "/multiplier/check/",
    "/multiplier/method/",
    "/multiplier/spend/",
    "/multiplier/embed/",
    "/multiplier/embed/terms/",
    "/embed/multiplier/v1/?theme=dark",
    "/accessibility/",
    "/privacy/",
    "/why-keep-it-local/",
    "/buying-locally-and-the-law/",
    "/what-joining-brings/",
]
MADE_OF_ROWS = KEPT.index("/multiplier/") + 1
# Public, and never kept, because:
NOT_KEPT = {
    "/councils/?q=zzzz": "words that people type: as many as there are people",
    "/join/council/": "offers a council to whoever is signed in, and its form has a token",
    "/join/council/?council=nowhere": "the same",
    "/join/council/?council=bradford": "the same",
    "/join/council/?council=craven": "the same",
    "/multiplier/result/?of=check&method=1&claimed=2.52": "numbers that people type",
    "/search/?q=local+spend": "words that people type, answered by the search server",
    "/search/?q=qwertyuiop": "the same",
    "/search/?q=Kirkless": "the same",
    "/search/?q=bradford+multiplier&region=yorkshire-and-the-humber&sort=title&size=25": "the same",
    "/search/?q=local+spend&type=council&theme=grants": "the same",
    "/case-studies/?q=asset+transfer": "the same",
    "/resources/?q=zzzz": "the same",
    "/supporters/asked/?council=bradford": "as many as there are councils, and more",
    "/accounts/login/": "for one person",
    "/accounts/login/code/": "for one person",
    "/styleguide/": "for us",
}
OF_THE_DEMONSTRATION = {
    "/councils/demo-samplebury/",
    "/councils/demo-samplebury/endorsement/",
    "/councils/demo-samplebury/certificate/",
    "/events/demo-champions-meeting/",
    "/events/demo-site-visit/",
}


class Door:
    """Django in this process, with the cache before it; it looks when the test says so."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.cache = PageCache(self._count)
        self.cache._watch = lambda: None
        self.made = 0

    def _count(self, environ, start_response):
        self.made += 1
        return self.django(environ, start_response)

    def ask(self, path: str, *, directly: bool = False, **environ) -> tuple[str, dict, bytes]:
        """Return the status, headers and body; `directly` means past the cache."""
        asked = RequestFactory(SERVER_NAME="localhost").get(path).environ
        asked |= {"HTTP_HOST": "localhost"} | environ
        told: list = []
        application = self.django if directly else self.cache
        answered = application(asked, lambda *words: told.extend(words))
        body = b"".join(answered)
        if hasattr(answered, "close"):
            answered.close()
        return told[0], dict(told[1]), body


@pytest.fixture
def door(content, db):
    for signal in (request_started, request_finished):  # as Django's test client does
        signal.disconnect(close_old_connections)
    yield Door()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def is_kept(door: Door, path: str) -> bool:
    door.cache.refresh()
    door.ask(path)
    made = door.made
    door.ask(path)
    return door.made == made


@pytest.mark.parametrize("path", KEPT)
def test_second_visitor_gets_kept_page_as_django_makes_it(door, path):
    assert is_kept(door, path)
    status, headers, body = door.ask(path)
    directly, plain, made = door.ask(path, directly=True)
    assert (status[:3], body) == (directly[:3], made)
    assert "Set-Cookie" not in headers
    ours = {name: headers[name] for name in plain if name not in ("Vary", "ETag")}
    assert ours == {name: plain[name] for name in ours}
    zipped = door.ask(path, HTTP_ACCEPT_ENCODING="gzip, br")[2]
    assert gzip.decompress(zipped) == body


@pytest.mark.parametrize("path", NOT_KEPT)
def test_page_for_one_person_is_made_each_time(door, path):
    assert not is_kept(door, path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/principles/local-spend/",
        "/case-studies/",
        "/case-studies/bradford-spending-with-the-district-first/",
        "/councils/",
        "/councils/bradford/",
        "/councils/leicester/",
        "/news/",
        "/news/first-eleven-councils/",
        "/events/",
        "/resources/",
        "/about/",
    ],
)
def test_page_that_is_not_kept_asks_the_database_little(
    client, content, db, path, django_assert_max_num_queries
):
    client.get(path)  # what each process reads once for each public change
    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200


def test_every_public_page_is_kept_or_says_why_not():
    plainly = {path.partition("?")[0] for path in KEPT}
    for path in PAGES:
        if path not in NOT_KEPT and path not in OF_THE_DEMONSTRATION:
            kind = path.strip("/").partition("/")[0]
            alike = ("councils", "case-studies", "news", "events", "resources")
            assert path.partition("?")[0] in plainly or kind in alike, path


def _publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def _scheduled():
    page = ContentPage.objects.get(slug="about")
    page.title, page.go_live_at = "Later", timezone.now() + timedelta(seconds=1)
    page.save_revision(approved_go_live_at=page.go_live_at).publish()
    time.sleep(1.1)
    tick.tick()


def _accepted(manager, officer):
    leicester = Council.objects.get(slug="leicester")
    CouncilDomain.objects.create(council=leicester, domain=domain_of(officer.email))
    sign_up = Story(leicester, officer).in_review(manager)
    reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now())


def _ended(manager):
    membership = Council.objects.get(slug="bradford").memberships.get()
    departures.end_membership(
        membership,
        MembershipStatus.REMOVED,
        on=timezone.localdate(),
        by=manager,
        why="It left.",
    )


def _image(title="A"):
    return Picture.objects.create(title=title, file=get_test_image_file())


# What is done, and a page that must change with it ("" for none that is seeded).
CHANGES = {
    "publishing the home page": (
        lambda cast: _publish(HomePage.objects.get(), body=[band("hero", title="Anew")]),
        "/",
    ),
    "publishing a content page": (
        lambda cast: _publish(ContentPage.objects.get(slug="about"), title="About this"),
        "/about/",
    ),
    "publishing a case study": (
        lambda cast: _publish(CaseStudyPage.objects.get(url_path__endswith=STUDY), title="Anew"),
        "/case-studies/",
    ),
    "publishing a principle's page": (
        lambda cast: _publish(PrinciplePage.objects.first(), search_description="Anew"),
        "",
    ),
    "publishing at its hour": (lambda cast: _scheduled(), "/about/"),
    "taking a case study back": (
        lambda cast: CaseStudyPage.objects.get(url_path__endswith=STUDY).unpublish(),
        STUDY,
    ),
    "deleting a case study": (
        lambda cast: CaseStudyPage.objects.get(url_path__endswith=STUDY).delete(),
        STUDY,
    ),
    "hiding a case study": (
        lambda cast: PageViewRestriction.objects.create(
            page=CaseStudyPage.objects.get(url_path__endswith=STUDY), restriction_type="login"
        ),
        STUDY,
    ),
    "another address": (
        lambda cast: _publish(CaseStudyPage.objects.get(url_path__endswith=STUDY), slug="anew"),
        STUDY,
    ),
    "accepting and announcing": (
        lambda cast: _accepted(cast["manager"], cast["officer"]),
        "/councils/leicester/",
    ),
    "announcing on its day": (
        lambda cast: memberships.record_existing_membership(
            Council.objects.get(slug="leicester"),
            by="test",
            joined_on=None,
            joined_precision="not_known",
        ),
        "/councils/?view=map",
    ),
    "pausing a membership": (
        lambda cast: Membership.objects.get(council__slug="bradford").move_to(
            MembershipStatus.PAUSED, by="tick"
        ),
        "/councils/bradford/badge.svg",
    ),
    "ending a membership": (lambda cast: _ended(cast["manager"]), "/councils/bradford/"),
    "a council's new name": (
        lambda cast: _renamed("bradford", "Bradfordshire"),
        "/councils/bradford/",
    ),
    "another name for a council": (
        lambda cast: CouncilAlias.objects.create(
            council=Council.objects.get(slug="leicester"), name="Ratae"
        ),
        "",
    ),
    "who runs the site": (
        lambda cast: SiteOperator.objects.create(name="The Network", email="a@b.example"),
        "/contact/",
    ),
    "the site's own settings": (
        lambda cast: Site.objects.get(is_default_site=True).save(),
        "",
    ),
    "an image": (lambda cast: _image(), ""),
    "a redirect": (
        lambda cast: Redirect.objects.create(old_path="/a", redirect_link="/about/"),
        "",
    ),
    "the day that passes": (None, ""),
}


def _renamed(slug: str, name: str) -> None:
    council = Council.objects.get(slug=slug)
    council.name = name
    council.save()


@pytest.fixture(scope="module")
def as_seeded() -> Callable[[Door], dict[str, tuple[str, bytes]]]:
    """Return a function that fills a door's cache, and returns each page's status and body.

    Every change is undone after its test, so that the next one begins with the same rows and the
    same generation, and most pages are made only once.
    """
    kept: dict = {}

    def fill(door: Door) -> dict[str, tuple[str, bytes]]:
        door.cache.refresh()
        door.cache._kept.update(kept)
        answers = {path: door.ask(path) for path in KEPT[:MADE_OF_ROWS]}
        kept.update(door.cache._kept)
        return {path: (status, body) for path, (status, _, body) in answers.items()}

    return fill


@pytest.mark.parametrize("change", CHANGES)
def test_no_kept_page_is_old_after_a_change(
    door, as_seeded, change, manager, officer, monkeypatch, django_capture_on_commit_callbacks
):
    do, seen_at = CHANGES[change]
    before = as_seeded(door)
    if do is None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        monkeypatch.setattr(timezone, "localdate", lambda *given: tomorrow)
    else:
        with django_capture_on_commit_callbacks(execute=True):
            do({"manager": manager, "officer": officer})

    door.cache.refresh()
    for path in KEPT[:MADE_OF_ROWS]:
        made = door.made
        status, _, body = door.ask(path)
        if door.made == made:  # else Django has made it this moment
            directly, _, made_now = door.ask(path, directly=True)
            assert (status[:3], body) == (directly[:3], made_now), path
        if path == seen_at:
            assert (status, body) != before[path]
    assert not seen_at or seen_at in before


def test_draft_and_quiet_tick_leave_every_page_kept(door):
    tick.tick()  # does what seeding left to do
    before = generation()
    page = ContentPage.objects.get(slug="about")
    page.title = "Not yet"
    page.save_revision()
    tick.tick()
    assert generation() == before


def test_signed_in_visitor_and_others_never_see_each_others_page(door, as_, manager):
    cookies = "; ".join(f"{c.key}={c.value}" for c in as_(manager).cookies.values())
    _, _, public = door.ask("/")
    _, _, own = door.ask("/", HTTP_COOKIE=cookies)
    assert b"Sign out" in own
    assert b"Sign out" not in public
    _, _, again = door.ask("/")
    assert again == public


def test_page_with_a_message_is_made_for_its_reader_only(door):
    assert is_kept(door, "/about/")
    made = door.made
    door.ask("/about/", HTTP_COOKIE="messages=abc")
    assert door.made == made + 1


class Processes:
    """Two web processes of one site, without DEBUG, on a copy of the tests' database."""

    def __init__(self, var: Path) -> None:
        connection.close()  # so that nothing of it is elsewhere than in the file
        migrated = connection.settings_dict["NAME"]
        self.database_url = new_database("kept", migrated)
        self.file = var / "portal.sqlite3"
        if not self.database_url:
            shutil.copy(migrated, self.file)
        self.env = {name: value for name, value in os.environ.items() if name not in _OURS}
        self.env |= {"VAR_DIR": str(var), "SECRET_KEY": "kept", "LINK_KEY": "kept"}
        self.env |= {"TASKS_AT_ONCE": "1", "SITE_URL": "http://localhost", "COVERAGE_DIR": ""}
        self.env |= {"DATABASE_URL": self.database_url or f"sqlite:///{self.file}"}
        self.ports = [free_port(), free_port()]
        self.running = [self._started(port) for port in self.ports]

    def _started(self, port: int) -> subprocess.Popen:
        command = [sys.executable, "-m", "granian", "portal.wsgi:application"]
        command += ["--interface", "wsgi", "--port", str(port), "--blocking-threads", "4"]
        return subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=self.env)

    def get(self, port: int, path: str) -> tuple[int, str]:
        """Return the status and the text of a page; (0, "") while nobody listens."""
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
        asked.add_header("Host", "localhost")
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, ""
        except OSError:
            return 0, ""

    def both(self, path: str) -> list[tuple[int, str]]:
        return [self.get(port, path) for port in self.ports]

    def change(self, code: str) -> None:
        """Run code in a third process."""
        run = [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", code]
        subprocess.run(run, cwd=ROOT, env=self.env, check=True)

    def stop_database(self) -> None:
        if self.database_url:
            name = urlsplit(self.database_url).path.lstrip("/")
            given = os.environ["DATABASE_URL"]
            with psycopg.connect(given, autocommit=True) as server:
                allowed = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
                server.execute(allowed.format(sql.Identifier(name)))
                query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                server.execute(query, [name])
        else:
            for end in ("-wal", "-shm"):
                Path(f"{self.file}{end}").unlink(missing_ok=True)
            self.file.write_bytes(b"no database " * 100)

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=PATIENCE)


@pytest.fixture
def processes(tmp_path, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        found = Processes(tmp_path)
    deadline = time.monotonic() + PATIENCE
    while {status for status, _ in found.both("/healthz")} != {200}:
        assert time.monotonic() < deadline, "they do not start"
        assert all(process.poll() is None for process in found.running)
        time.sleep(0.1)
    yield found
    found.stop()


ANEW = "from councils.models import Council; c = Council.objects.first() or Council(key='a', "
ANEW += "slug='a', official_name='A', kind='district', region='london'); c.name = '{}'; c.save()"


def test_change_is_seen_in_every_process_and_kept_pages_outlive_the_database(processes):
    processes.change(ANEW.format("Ambridge"))
    time.sleep(1)
    for _ in range(2):  # made, and kept
        assert all("Ambridge" in text for _, text in processes.both("/councils/"))

    processes.change(ANEW.format("Borchester"))
    time.sleep(1)
    assert all("Borchester" in text for _, text in processes.both("/councils/"))

    processes.stop_database()
    time.sleep(1)
    assert all("Borchester" in text for _, text in processes.both("/councils/"))
    assert all(status >= 500 for status, _ in processes.both("/councils/?q=zz"))
