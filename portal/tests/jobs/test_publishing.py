"""Scheduled publishing, and the transaction of an editor's change."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision, Site

from campaign.models import ContentPage, HomePage
from portal.jobs import publishing
from portal.jobs.tick import tick
from portal.models import User
from portal.signals import public_changed
from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
COUNTS = "pages published or taken down on schedule"
PAST, FUTURE = timedelta(minutes=-1), timedelta(days=1)


@pytest.fixture
def home(db) -> HomePage:
    root = Page.objects.get(depth=1)
    page = HomePage(title="Keep it Local", slug="front")
    root.add_child(instance=page)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": page}
    )
    return page


def a_page(home, slug="news", **fields) -> ContentPage:
    body = [("paragraph", "<p>Hear, hear.</p>")]
    return home.add_child(instance=ContentPage(title=slug, slug=slug, body=body, **fields))


def timed(page, **times) -> None:
    """Save and publish with these times, as the page editor does, but in the past."""
    for name, when in times.items():
        setattr(page, name, timezone.now() + when)
    revision = page.save_revision(approved_go_live_at=page.go_live_at)
    if "go_live_at" not in times:
        revision.publish()


def is_live(page) -> bool:
    return Page.objects.get(pk=page.pk).live


# ---- On schedule -------------------------------------------------------------------------


def test_expired_page_is_unpublished(home, client):
    page = a_page(home)
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() + PAST)
    assert client.get("/news/").status_code == 200
    assert tick()[COUNTS] == 1
    assert client.get("/news/").status_code == 404
    page.refresh_from_db()
    assert (page.live, page.expired) == (False, True)
    assert tick()[COUNTS] == 0


def test_scheduled_page_is_published(home, client):
    page = a_page(home, live=False)
    timed(page, go_live_at=PAST)
    assert client.get("/news/").status_code == 404
    assert tick()[COUNTS] == 1
    assert client.get("/news/").status_code == 200
    assert tick()[COUNTS] == 0


def test_nothing_happens_before_its_time(home):
    staying, coming = a_page(home), a_page(home, "later", live=False)
    timed(staying, expire_at=FUTURE)
    timed(coming, go_live_at=FUTURE)
    assert tick()[COUNTS] == 0
    assert is_live(staying)
    assert not is_live(coming)


def test_result_equals_wagtails_command(home):
    timed(a_page(home, "coming", live=False), go_live_at=PAST)
    Page.objects.filter(pk=a_page(home).pk).update(expire_at=timezone.now() + PAST)
    tick()
    before = list(Page.objects.values_list("slug", "live"))
    call_command("publish_scheduled")
    assert list(Page.objects.values_list("slug", "live")) == before
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_tick_with_nothing_due_costs_two_queries(home, django_assert_num_queries):
    a_page(home)
    with django_assert_num_queries(2):
        assert publishing.publish_scheduled() == 0


def test_broken_page_does_not_stop_others(home, monkeypatch, caplog):
    bad, good = a_page(home, "bad"), a_page(home, "good")
    Page.objects.filter(pk__in=[bad.pk, good.pk]).update(expire_at=timezone.now() + PAST)

    def fails_for_one(sender, instance, **kwargs):
        if instance.pk == bad.pk:
            raise RuntimeError("no")

    public_changed.connect(fails_for_one)
    try:
        assert publishing.publish_scheduled() == 1
    finally:
        public_changed.disconnect(fails_for_one)
    assert not is_live(good)
    assert is_live(bad), "its mark for search failed, so it was not taken down either"
    assert f"{bad.pk}: RuntimeError" in caplog.text


# ---- Whole or not at all -----------------------------------------------------------------


@pytest.fixture
def admin(db) -> Client:
    root = User.objects.create_superuser("root@network.example", "correct horse battery")
    give_second_factor(root)
    client = Client(raise_request_exception=False)
    client.force_login(root, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def no_mark():
    """Make the marking of stale search entries fail, as if the process died."""

    def fails(**kwargs):
        raise RuntimeError("no mark")

    public_changed.connect(fails)
    yield
    public_changed.disconnect(fails)


def form_of(page, **changes) -> dict[str, str]:
    return {
        "title": page.title,
        "slug": page.slug,
        "intro": "",
        "listing_summary": "",
        "search_description": "",
        "seo_title": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "paragraph",
        "body-0-value": '{"blocks": [{"key": "a", "text": "Hear.", "type": "unstyled", '
        '"depth": 0, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
        "body-0-id": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "1",
        **changes,
    }


ACTS = {
    "unpublish": lambda page, other: (f"/admin/pages/{page.pk}/unpublish/", {}),
    "privacy": lambda page, other: (
        f"/admin/pages/{page.pk}/privacy/",
        {"restriction_type": "login", "password": "", "groups": []},
    ),
    "move": lambda page, other: (f"/admin/pages/{page.pk}/move/{other.pk}/confirm/", {}),
    "slug": lambda page, other: (
        f"/admin/pages/{page.pk}/edit/",
        form_of(page, slug="other-news"),
    ),
    "delete": lambda page, other: (f"/admin/pages/{page.pk}/delete/", {}),
}


def where_it_stands(page) -> tuple:
    found = Page.objects.filter(pk=page.pk).values_list("live", "slug", "url_path").first()
    return found, PageViewRestriction.objects.filter(page_id=page.pk).count()


@pytest.mark.parametrize("act", ACTS)
def test_change_is_rolled_back_if_search_mark_fails(home, admin, no_mark, act):
    page, other = a_page(home), a_page(home, "other")
    before = where_it_stands(page)
    address, typed = ACTS[act](page, other)
    assert admin.post(address, typed).status_code == 500
    assert where_it_stands(page) == before


@pytest.mark.parametrize("act", ACTS)
def test_change_is_kept_if_search_mark_succeeds(home, admin, act):
    page, other = a_page(home), a_page(home, "other")
    before = where_it_stands(page)
    address, typed = ACTS[act](page, other)
    assert admin.post(address, typed).status_code in {200, 302}
    assert where_it_stands(page) != before
