"""One history: of the network, of Wagtail's logs and of accounts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from network.history import BEGINNINGS, KINDS, Entries
from network.models.events import SENTENCES
from portal.models import AccountEvent


@pytest.fixture
def everywhere(story, manager, editor):
    """Something of each source: an application, a renamed page, a saved account, a password."""
    story.in_review(manager)
    page = Page.objects.first()
    renamed = {"title": {"old": "Old words", "new": "New words"}}
    PageLogEntry.objects.log_action(page, "wagtail.rename", user=editor, data=renamed)
    ModelLogEntry.objects.log_action(editor, "wagtail.edit", user=manager)
    for kind in AccountEvent.Kind.values[:4]:
        AccountEvent.objects.create(user=story.officer, kind=kind)


def sentences(**asked) -> list[str]:
    words = asked.pop("words", "")
    return [each.sentence for each in Entries(asked, words)]


def test_history_has_every_source_with_who_what_and_when(everywhere, manager, editor):
    entries = list(Entries({}))
    found = {(each.sentence, each.who, each.about) for each in entries}
    assert ("Edited", f"Mo {manager.email}", "Edith") in found
    assert any(s.startswith("Started the review") and w == "Mo" for s, w, _ in found)
    assert any("Old words" in s and "New words" in s and "Edith" in w for s, w, _ in found)
    assert ("The email address was changed", "Olive Officer olive@leeming.gov.uk", "") in found
    assert all(timezone.now() >= each.at for each in entries)
    assert [e.at for e in entries] == sorted((e.at for e in entries), reverse=True)
    assert [e.at for e in Entries({}, oldest_first=True)] == sorted(e.at for e in entries)


def test_sign_ins_are_not_staffs_to_read(everywhere):
    assert sentences(kind="account") == [
        "An email address was removed",
        "The email address was changed",
    ]


def test_entry_says_before_and_after(everywhere):
    review = next(each for each in Entries({}) if each.sentence == "Started the review")
    assert (review.change, review.council_slug) == ("Submitted → In review", "leeming")
    assert review.subject.startswith("Leeming, KIL-")


def test_each_page_is_what_stands_there_from_either_end(everywhere):
    for oldest_first in (False, True):
        entries = Entries({}, oldest_first=oldest_first)
        every = list(entries)
        assert len(every) == entries.count() > 10
        for start in range(0, len(every) + 3, 4):
            assert entries[start : start + 7] == every[start : start + 7], start


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "page"}, {"wagtail.rename"}),
        ({"kind": "other"}, {"wagtail.edit"}),
        ({"what": "sign_up.in_review"}, {"sign_up.in_review"}),
        ({"what": "sign_up.in_review", "kind": "people"}, set()),
        ({"by_label": "edith"}, {"wagtail.rename"}),
        ({"council": "otherham"}, set()),
        ({"words": "Old Hall"}, set()),
        ({"at": slice(None, timezone.now().replace(year=2001))}, set()),
    ],
)
def test_history_is_filtered(everywhere, asked, said):
    words = asked.pop("words", "")
    assert {each.what for each in Entries(asked, words)} == said
    assert Entries(asked, words).count() == len(list(Entries(asked, words)))


def test_council_and_searched_words_find_what_is_about_it(everywhere):
    of_council = list(Entries({"council": "leem"}))
    assert of_council and {each.council for each in of_council} == {"Leeming"}
    assert {each.council for each in Entries({}, "KIL-")} == {"Leeming"}
    assert Entries({"at": slice(timezone.now().replace(year=2001), None)}).count() == len(
        list(Entries({}))
    )


def test_every_event_is_of_one_kind():
    assert set(BEGINNINGS) | {"page", "other", "account"} == set(KINDS)
    for what in SENTENCES:
        kinds = [kind for kind, begins in BEGINNINGS.items() if what.startswith(begins)]
        assert len(kinds) == 1, what


def test_page_links_councils_and_asks_the_same_for_one_and_many(staff, manager, everywhere, story):
    browser, page = staff(manager), reverse("network_staff:history")
    shown = browser.get(page).content.decode()
    assert f'href="{reverse("network_staff:member", args=["leeming"])}"' in shown
    assert "Submitted → In review" in shown
    with CaptureQueriesContext(connection) as one:
        browser.get(f"{page}?kind=page")
    for _ in range(10):
        PageLogEntry.objects.log_action(Page.objects.first(), "wagtail.edit", user=manager)
    with CaptureQueriesContext(connection) as many:
        browser.get(f"{page}?kind=page")
    assert len(one) == len(many) <= 15
    exported = browser.get(f"{page}?export=csv").getvalue().decode()
    assert "Old words" in exported and "Before and after" in exported
    assert (
        browser.get(f"{page}?ordering=at").context["object_list"][0].what
        == "wording.approval_recorded"
    )
