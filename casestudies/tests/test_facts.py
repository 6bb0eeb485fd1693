"""Facts to be checked: what is listed, that none lacks its source, and the seeded content."""

import csv
import io

import pytest
from django.core.management import call_command
from wagtail.rich_text import RichText

from casestudies import facts
from casestudies.models import CaseStudyPage, Source
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory

QUOTE = {"text": "We did.", "who": "Lee", "role": "Leader", "as_at": "2020", "source": "Report"}
KEPT = "/multiplier/result/?of=calculator&method=1&view=provider&area=X&how=quick&r1=3&r2=2&r3=1"
RESULT = {"what": "The trust’s income", "address": KEPT, "claimed_by": "The Trust", "as_at": "2025"}


def step(text, day="2017-12"):
    return ("step", {"date": day, "until": "", "what": RichText(f"<p>{text}</p>")})


@pytest.fixture
def page(case_studies):
    page = CaseStudyPageFactory(parent=case_studies, title="Bradford: first")
    page.steps = [step("They <b>chose</b> [[Report]]."), step("It went on.", day="")]
    page.story = [("quote", QUOTE)]
    page.worked_out = [("result", RESULT)]
    url = "https://example.org/report"
    page.sources = [
        *page.sources.all(),
        Source(label="Report", title="A report", publisher="The council", url=url),
    ]
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def listed(*options):
    out = io.StringIO()
    call_command("list_facts", *options, stdout=out, no_color=True)
    return out.getvalue()


def test_page_lists_its_figures_steps_quotations_and_multipliers(page):
    found = [(f.kind, f.fact, f.date, f.claimed_by, f.source) for f in facts.facts_of(page)]

    assert found == [
        (
            "Figure",
            "£2.43 of local benefit for every £1 of income",
            "2019",
            "The Trust",
            "LocalGov, 2019: The power of the community",
        ),
        ("Step", "They chose.", "December 2017", "The council", "Report: A report"),
        ("Quote", "We did.", "2020", "Lee, Leader", "Report: A report"),
        ("Worked-out multiplier", "The trust’s income", "2025", "The Trust", KEPT),
    ]
    assert [fact.lacks for fact in facts.facts_of(page)] == [[]] * 4


@pytest.mark.parametrize(
    ("field", "value", "lacking"),
    [
        ("steps", [step("They chose.")], ["claimant", "source"]),
        ("story", [("quote", {**QUOTE, "as_at": ""})], ["date"]),
        ("story", [("quote", {**QUOTE, "who": "", "role": ""})], ["claimant"]),
        ("story", [("quote", {**QUOTE, "source": "Other"})], ["source"]),
        ("sources", [], ["source"]),
    ],
)
def test_fact_says_what_it_lacks(page, field, value, lacking):
    setattr(page, field, value)

    assert lacking in [fact.lacks for fact in facts.facts_of(page)]


def test_command_groups_facts_by_page_with_date_claimant_source_and_address(page):
    text = listed()

    assert "Bradford: first\nhttp://localhost" in text
    assert "  Figure: £2.43 of local benefit" in text
    assert "    2019. Claimed by The Trust" in text
    assert "    Source: Report: A report. The council. undated\n" in text
    assert "    https://example.org/report" in text
    assert text.rstrip().endswith("4 facts, 0 of them without all they need.")


def test_command_points_at_what_is_to_be_mended(page):
    CaseStudyPage.objects.filter(pk=page.pk).update(steps=[])
    page.sources.all().delete()
    Source.objects.all().delete()

    assert "To mend: it has no source" in listed()


def test_csv_has_a_row_a_fact(page):
    rows = list(csv.DictReader(io.StringIO(listed("--csv").removeprefix("\ufeff"))))

    assert len(rows) == 4
    assert list(rows[0]) == facts.HEADS
    assert rows[0]["source_address"] == "https://example.org/power"


def test_only_published_and_real_facts_are_listed(page, case_studies):
    CaseStudyPageFactory(parent=case_studies, title="Hidden draft", live=False)
    invented = CouncilFactory(is_demonstration=True)
    CaseStudyPageFactory(parent=case_studies, title="Hidden demo", council=invented)

    assert "Hidden" not in listed()


def test_every_seeded_fact_has_date_claimant_and_source(content, db):
    found = list(facts.published())

    assert [(fact.page, fact.fact, fact.lacks) for fact in found if fact.lacks] == []
    assert {fact.kind for fact in found} >= {"Figure"}
    assert len({fact.page for fact in found}) >= 10
    quotes = [
        block.value
        for page in CaseStudyPage.objects.all()
        for block in page.story
        if block.block_type == "quote"
    ]
    for value in quotes:
        assert value["who"] and value["role"] and value["as_at"] and value["source"], value


def test_every_dated_step_of_the_seed_cites_a_source(content, db):
    for page in CaseStudyPage.objects.all():
        labels = {source.label for source in page.sources.all()}
        for each in page.steps:
            cited = facts.citations.labels_in(each.value["what"].source)
            assert not each.value["date"] or set(cited) & labels, (page.title, each.value)
