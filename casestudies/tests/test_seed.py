"""The seeded case studies: complete, with sources, and made once."""

from datetime import date

import pytest
from django.core.management import call_command
from wagtail.models import Site

from casestudies import seed as seeding
from casestudies.choices import PartnerKind, Status, Theme
from casestudies.citations import TEXTS, labels_in
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Result
from casestudies.rules import SUMMARY_WORDS
from casestudies.seed import befores, case_studies, seed
from councils import register
from portal.models import User

ENTRIES = list(case_studies())
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["slug"])


@pytest.fixture
def home(db, whole_register):
    """The site's root page, with the register and the other bodies loaded."""
    call_command("load_councils", register.DATA / "other_bodies.csv", verbosity=0)
    return Site.objects.get(is_default_site=True).root_page


def test_data_holds_bradford_calderdale_and_six_more():
    councils = {entry["council"] for entry in ENTRIES}

    assert {"brd", "cld"} <= councils
    assert len(councils) >= 8


@each
def test_figures_have_facts_and_titled_source(entry):
    sources = {source["label"]: source for source in entry["sources"]}

    assert len(sources) == len(entry["sources"])
    for result in entry.get("results", []):
        for field in ("figure", "measures", "period", "claimed_by"):
            assert result[field].strip(), (result, field)
        assert sources[result["source"]]["title"]


@each
def test_source_has_address_or_note(entry):
    for source in entry["sources"]:
        assert source.get("url") or "no web address" in source["note"], source


@each
def test_citations_link_to_sources(entry):
    labels = {source["label"] for source in entry["sources"]}
    texts = [entry.get(field, "") for field in TEXTS]
    texts += [step["what"] for step in entry.get("steps", [])]
    texts += [block.get("text", "") for block in entry["story"]]
    cited = {label for text in texts for label in labels_in(text)}
    cited |= {block["quote"]["source"] for block in entry["story"] if "quote" in block}

    assert cited <= labels
    # and no source is there for show
    assert labels == cited | {result["source"] for result in entry.get("results", [])}


@each
def test_choices_are_known_and_summary_is_short(entry):
    assert entry["status"] in Status.values
    assert entry["theme"] in Theme.values
    assert {p["kind"] for p in entry.get("partners", [])} <= set(PartnerKind.values)
    assert set(entry["principles"]) <= set(range(1, 7))
    assert len(entry["summary"].split()) <= SUMMARY_WORDS


def test_trident_is_quoted_as_in_source():
    bradford = next(entry for entry in ENTRIES if entry["council"] == "brd")
    trident = next(r for r in bradford["results"] if r["figure"] == "£2.52")

    assert "the £1 itself, and £1.52 spent again" in trident["measures"]
    assert "5 July 2019" in trident["period"]
    assert "inputs not published" in trident["period"]
    assert trident["claimed_by"] == "Tony Armstrong, chief executive of Locality"
    assert trident["source"] == "LocalGov, 2019"


def test_newer_text_is_published_once_where_no_editor_has_saved(home, client, monkeypatch):
    older = [{**entry, "summary": "Older.", "results": []} for entry in ENTRIES[:3]]
    monkeypatch.setattr(seeding, "case_studies", lambda: older)
    monkeypatch.setattr(seeding, "WRITTEN_ON", date(2026, 11, 1))
    seed(home)
    untouched, edited, withdrawn = CaseStudyPage.objects.order_by("pk")
    edited.title = "The editor's title"
    edited.save_revision(user=User.objects.create_user("editor@example.org")).publish()
    withdrawn.unpublish()
    monkeypatch.undo()
    monkeypatch.setattr(seeding, "case_studies", lambda: ENTRIES[:3])

    seed(home)
    untouched.refresh_from_db()
    version, written = untouched.version, untouched.results.count()
    seed(home)

    untouched.refresh_from_db()
    assert untouched.summary == ENTRIES[0]["summary"]
    assert written == len(ENTRIES[0]["results"]) == Result.objects.filter(page=untouched).count()
    assert untouched.version == version == 2
    assert CaseStudyPage.objects.get(pk=edited.pk).summary == "Older."
    assert not CaseStudyPage.objects.get(pk=withdrawn.pk).live


def test_seed_new_file_makes_only_its_page(home, monkeypatch):
    monkeypatch.setattr(seeding, "case_studies", lambda: ENTRIES[:2])
    seed(home)
    monkeypatch.setattr(seeding, "case_studies", lambda: ENTRIES[:3])

    assert seed(home) == 1


def as_before_the_rename():
    now = [{**entry, **(befores(entry) or [entry])[0]} for entry in ENTRIES]
    return [{name: value for name, value in entry.items() if name != "was"} for entry in now]


def address_of(slug: str) -> str:
    return f"/case-studies/{slug}/"


@each
def test_title_and_address_name_the_council(entry):
    council = entry["title"].partition(":")[0]

    assert entry["slug"].startswith(council.lower().replace(" ", "-") + "-")


@pytest.mark.parametrize("seeded_before", [True, False])
def test_old_address_redirects_for_good(home, client, monkeypatch, seeded_before):
    if seeded_before:
        monkeypatch.setattr(seeding, "case_studies", as_before_the_rename)
        assert seed(home) == len(ENTRIES) + 2
        assert client.get(address_of(befores(ENTRIES[0])[0]["slug"])).status_code == 200
        monkeypatch.undo()

    seed(home)
    assert seed(home) == 0

    assert CaseStudyPage.objects.count() == len(ENTRIES)
    for now, was in [(entry, was) for entry in ENTRIES for was in befores(entry)]:
        if was["slug"] != now["slug"]:
            response = client.get(address_of(was["slug"]))
            assert response.status_code == 301, was
            assert response["Location"].endswith(address_of(now["slug"]))
        html = client.get(address_of(now["slug"])).content.decode()
        assert f"<h1>{now['title']}</h1>" in html


def test_rename_keeps_editors_title_and_newer_draft(home, client, monkeypatch):
    monkeypatch.setattr(seeding, "case_studies", as_before_the_rename)
    seed(home)
    page = CaseStudyPage.objects.get(slug=befores(ENTRIES[0])[0]["slug"])
    page.title = "The editor's title"
    page.save_revision().publish()
    page.title = "A draft of the editor's"
    page.save_revision()
    monkeypatch.undo()

    seed(home)

    page = CaseStudyPage.objects.get(pk=page.pk)
    assert page.slug == ENTRIES[0]["slug"]
    assert page.title == "The editor's title"
    assert page.has_unpublished_changes
    page.get_latest_revision().publish()
    page.refresh_from_db()
    assert (page.slug, page.title) == (ENTRIES[0]["slug"], "A draft of the editor's")


def test_broken_entry_makes_nothing(home, monkeypatch):
    broken = {**ENTRIES[1], "results": [{**ENTRIES[0]["results"][0], "source": "None"}]}
    monkeypatch.setattr(seeding, "case_studies", lambda: [ENTRIES[0], broken])

    with pytest.raises(Exception, match="No source on this page"):
        seed(home)

    assert not CaseStudyIndexPage.objects.exists()
