"""What the pages of the six principles show of case studies: figures, cards and members."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.blocks import StructBlockValidationError
from wagtail.models import Page, PageViewRestriction

from casestudies.models import CaseStudyPage
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory, ResultFactory
from network.choices import Precision
from network.models import Membership
from principles.blocks import ChosenFigureBlock
from principles.models import Principle
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

BUDGET = 15


@pytest.fixture
def index(db):
    return PrincipleIndexPageFactory(parent=Page.objects.get(slug="home"))


@pytest.fixture
def principle_page(index):
    """The page of the first principle."""
    return PrinciplePageFactory(parent=index, number=1)


@pytest.fixture
def study(case_studies):
    """`study(name)`: a live case study about principle 1, of a member council of that name."""

    def make(name, *, announced=True, status="live", is_demonstration=False, **kwargs):
        council = CouncilFactory(name=name, is_demonstration=is_demonstration)
        Membership.objects.create(
            council=council,
            status=status,
            announced_at=timezone.now() if announced else None,
            joined_precision=Precision.NOT_KNOWN,
        )
        return CaseStudyPageFactory(
            parent=case_studies, title=f"{name}: it", council=council, **kwargs
        )

    return make


@pytest.fixture
def hidden(study):
    """Case studies about principle 1 that no page lists: draft, restricted and invented."""
    draft, restricted = study("Draftham"), study("Lockford")
    draft.unpublish()
    PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
    return [draft, restricted, study("Demo Samplebury", is_demonstration=True)]


def context(client, page):
    return client.get(page.url).context


def figures(client, page):
    """Return the figures shown, each with its council."""
    shown = context(client, page)["figures"]
    return [(study.council.name, result.figure) for study, result in shown]


def chosen(study, figure=""):
    return ("figure", {"case_study": study, "figure": figure})


def queries(client, url):
    client.get(url)  # what is cached once a process is cached now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_figure_is_first_of_each_case_study_with_its_facts(client, principle_page, study):
    york = study("York", as_at="2021")
    york.results.add(ResultFactory.build(figure="99%"))
    york.save()
    study("Leeds", as_at="2025-10", results=0)
    study("Bristol", as_at="2024")

    text = client.get(principle_page.url).content.decode()

    assert figures(client, principle_page) == [("Bristol", "£2.43"), ("York", "£2.43")]
    assert "of local benefit for every £1 of income." in text
    assert "<dt>Date</dt><dd>2019</dd>" in text
    assert "<dt>Claimed by</dt><dd>The Trust</dd>" in text
    assert f'<dt>From</dt><dd><a href="{york.address}">York: it</a></dd>' in text


def test_figure_begins_with_a_capital_letter(client, principle_page, study):
    york = study("York", results=0)
    york.results.add(ResultFactory.build(figure="over £180 million"))
    york.save()

    assert ">Over £180 million<" in client.get(principle_page.url).content.decode()


def test_page_without_figures_has_no_section(client, principle_page, study):
    study("Leeds", results=0)

    assert "do not compare them" not in client.get(principle_page.url).content.decode()


def test_chosen_figures_are_shown_in_order_and_no_other(client, principle_page, study):
    leeds, york = study("Leeds"), study("York")
    york.results.add(ResultFactory.build(figure="99%"))
    york.save()
    study("Bristol", as_at="2026")
    principle_page.chosen_figures = [
        chosen(york, "99%"),
        chosen(leeds),
        chosen(york, "corrected since"),
    ]
    principle_page.save()

    assert figures(client, principle_page) == [
        ("York", "99%"),
        ("Leeds", "£2.43"),
        ("York", "£2.43"),
    ]
    shown = [study.council.name for study in context(client, principle_page)["case_studies"]]
    assert shown == ["York", "Leeds", "Bristol"]


def test_figure_that_case_study_does_not_have_cannot_be_published(study):
    york = study("York")
    york.results.add(ResultFactory.build(figure="99%"))
    york.save()
    block = ChosenFigureBlock()
    value = block.to_python({"case_study": york.pk, "figure": "9%"})

    with pytest.raises(StructBlockValidationError) as problem:
        block.clean(value)

    assert problem.value.block_errors["figure"].message == "Its figures are: £2.43, 99%"
    assert block.clean_deferred(value)["figure"] == "9%"  # a draft
    assert block.clean(block.to_python({"case_study": york.pk, "figure": "99%"}))
    assert block.clean(block.to_python({"case_study": york.pk, "figure": ""}))


def test_chosen_figure_of_hidden_or_other_case_study_is_not_shown(
    client, principle_page, study, hidden
):
    other = study("Wirral", numbers=(2,))
    study("York")
    principle_page.chosen_figures = [chosen(each) for each in [*hidden, other]]
    principle_page.save()

    assert figures(client, principle_page) == [("York", "£2.43")]


def test_hidden_case_study_is_shown_and_counted_nowhere(
    client, index, principle_page, study, hidden
):
    study("York")

    for url in (principle_page.url, index.url):
        text = client.get(url).content.decode()
        assert "York" in text
        assert not [each.council.name for each in hidden if each.council.name in text]
    assert context(client, principle_page)["tally"].count == 1


def test_draft_of_live_case_study_changes_nothing(client, principle_page, study):
    york = study("York")
    york.title = "Not yet said"
    york.results.first().figure = "100%"
    york.save_revision()

    assert figures(client, principle_page) == [("York", "£2.43")]
    assert "Not yet said" not in client.get(principle_page.url).content.decode()


def test_tally_names_members_as_the_public_knows_them(client, principle_page, study):
    study("York")
    study("Bristol")
    study("Embargoed", announced=False)
    study("Gone", status="withdrawn")

    tally = context(client, principle_page)["tally"]

    assert tally.count == 4
    assert [name for name, _ in tally.members] == ["Bristol", "York"]
    text = client.get(principle_page.url).content.decode()
    assert "2 members of the network have a case study about it" in text
    assert "All 4 case studies for this principle" in text


def test_tally_counts_each_principle_of_each_case_study(study):
    york = study("York", numbers=(1, 3))
    CaseStudyPageFactory(parent=york.get_parent(), council=york.council, numbers=(3,))
    study("Bristol", numbers=(3,))

    tallies = CaseStudyPage.objects.listed().tally_by_principle()

    names = {p.pk: p.number for p in Principle.objects.all()}
    counted = {names[pk]: (t.count, [name for name, _ in t.members]) for pk, t in tallies.items()}
    assert counted == {1: (1, ["York"]), 3: (3, ["Bristol", "York"])}


def test_page_without_case_studies_says_so(client, index, principle_page):
    assert context(client, principle_page)["tally"] is None
    assert (
        "No member of the network has a case study"
        in client.get(principle_page.url).content.decode()
    )
    assert "None yet" in client.get(index.url).content.decode()


def test_index_counts_case_studies_and_names_members(client, index, principle_page, study):
    study("York")
    study("Embargoed", announced=False)

    text = client.get(index.url).content.decode()

    assert "<dt>2 case studies</dt><dd>Members: York</dd>" in text


def test_pages_need_same_queries_for_one_and_for_ten(client, index, principle_page, study):
    study("York")
    few = [queries(client, index.url), queries(client, principle_page.url)]
    for number in range(9):
        study(f"Council of {number}", numbers=(1, 2, 3), results=3)

    assert [queries(client, index.url), queries(client, principle_page.url)] == few
    assert max(few) <= BUDGET


def test_chosen_figures_cost_no_query_each(client, principle_page, study):
    studies = [study(f"Council of {number}") for number in range(6)]
    principle_page.chosen_figures = [chosen(studies[0])]
    principle_page.save()
    few = queries(client, principle_page.url)
    principle_page.chosen_figures = [chosen(each) for each in studies]
    principle_page.save()

    assert queries(client, principle_page.url) == few <= BUDGET
