"""The seeded case studies: complete, with sources, and made once."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from wagtail.models import Site

from casestudies import seed as seeding
from casestudies.choices import PartnerKind, Status, Theme
from casestudies.citations import TEXTS, labels_in
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, ReadingListPage, Result
from casestudies.rules import SUMMARY_WORDS
from casestudies.seed import befores, case_studies, choose_figures, seed
from councils import register
from portal.models import User
from principles import seed as principle_texts
from principles.models import PrinciplePage

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


def test_texts_fit_columns(home):
    """Check lengths, because SQLite stores longer texts and PostgreSQL refuses them."""
    seed(home)

    for page in CaseStudyPage.objects.all():
        for row in (page, *page.sources.all(), *page.results.all()):
            row.clean_fields(exclude=["content_type"])


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


def test_seed_publishes_every_page_once(home, client):
    made = seed(home)
    again = seed(home)

    assert made == len(ENTRIES) + 2
    assert again == 0
    assert CaseStudyPage.objects.live().count() == len(ENTRIES)
    for page in CaseStudyPage.objects.all():
        html = client.get(page.url).content.decode()
        assert "[[" not in html
        anchors = set(re.findall(r'href="#(source-[^"]*)"', html))
        assert anchors <= set(re.findall(r'id="(source-[^"]*)"', html))
        cited = re.findall(r'id="(cited-[^"]*)"', html)
        assert sorted(cited) == sorted(re.findall(r'href="#(cited-[^"]*)"', html))


def test_seed_again_keeps_edits_and_unpublished_pages(home):
    seed(home)
    page, other = CaseStudyPage.objects.all()[:2]
    page.title = "The editor's title"
    page.save_revision().publish()
    other.unpublish()

    seed(home)

    assert CaseStudyPage.objects.get(pk=page.pk).title == "The editor's title"
    assert not CaseStudyPage.objects.get(pk=other.pk).live


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


def test_seed_again_leaves_renamed_and_deleted_pages(home):
    seed(home)
    renamed, deleted = CaseStudyPage.objects.all()[:2]
    renamed.slug = "a-better-name"
    renamed.save_revision().publish()
    deleted.delete()

    assert seed(home) == 0

    CaseStudyIndexPage.objects.get().delete()

    assert seed(home) == 0
    assert not CaseStudyIndexPage.objects.exists()


def as_before_the_rename():
    now = [{**entry, **(befores(entry) or [entry])[0]} for entry in ENTRIES]
    return [{name: value for name, value in entry.items() if name != "was"} for entry in now]


def address_of(slug: str) -> str:
    return f"/case-studies/{slug}/"


@each
def test_title_and_address_name_the_council(entry):
    council = entry["title"].partition(":")[0]

    assert entry["slug"].startswith(council.lower().replace(" ", "-") + "-")


def test_titles_name_the_right_council(home):
    seed(home)

    for page in CaseStudyPage.objects.select_related("council"):
        assert page.council.name.startswith(page.title.partition(":")[0])


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


def test_reading_list_is_made_once_of_case_studies_that_say_what_was_hard(home):
    seed(home)
    (page,) = ReadingListPage.objects.live()
    chosen = [reading.case_study for reading in page.readings.all()]

    assert len(chosen) == 3
    assert all(each.what_was_hard and each.live for each in chosen)
    page.delete()
    seed(home)
    assert not ReadingListPage.objects.exists()


@pytest.fixture
def principle_pages(home):
    """The six pages of the principles, with the case studies; no figure is chosen yet."""
    principle_texts.seed(home)
    seed(home)
    return PrinciplePage.objects.order_by("principle__number")


def figures_of(page):
    return [(block.value["case_study"], block.value["figure"]) for block in page.chosen_figures]


def test_chosen_figures_are_those_of_case_studies_on_the_principle(principle_pages, client):
    assert choose_figures() == 6

    for page, text in zip(principle_pages, principle_texts.texts(), strict=True):
        chosen = figures_of(page)
        assert [(study.slug, figure) for study, figure in chosen] == [
            (each["case_study"], each["figure"]) for each in text["figures"]
        ]
        for study, figure in chosen:
            assert page.principle in study.principles.all(), (page, study)
            assert figure in [result.figure for result in study.results.all()], (page, study)
        shown = client.get(page.url).context["figures"]
        assert [(study.pk, result.figure) for study, result in shown] == [
            (study.pk, figure) for study, figure in chosen
        ]


def test_chosen_figure_that_others_contradict_has_a_note(principle_pages):
    """A figure of several that disagree has a note, which the principle's page shows."""
    choose_figures()

    for page in principle_pages:
        for study, figure in figures_of(page):
            result = study.results.get(figure=figure)
            assert not result.beside or result.note, (page, figure)


def test_figures_are_chosen_once(principle_pages):
    choose_figures()
    page = principle_pages[2]
    page.chosen_figures = []
    page.save_revision().publish()

    assert choose_figures() == 0
    assert not principle_pages[2].chosen_figures


def test_figures_are_not_chosen_over_a_draft(principle_pages):
    page = principle_pages[2]
    page.intro = "Not yet said"
    page.save_revision()

    assert choose_figures() == 5
    assert principle_pages[2].get_latest_revision_as_object().intro == "Not yet said"
