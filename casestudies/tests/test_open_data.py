"""Open data of case studies: what the files say, their filters, and what they leave out."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from casestudies import api, open_data
from casestudies.models import Result
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory, ResultFactory
from councils.choices import Region
from portal.security.files import as_csv

RESULTS, STUDIES = "/data/results", "/data/case-studies"
FILES = [f"{name}.{ending}" for name in (RESULTS, STUDIES) for ending in ("csv", "json")]
FILES += ["/api/v1/case-studies", "/api/v1/results"]


@pytest.fixture
def bradford(case_studies):
    council = CouncilFactory(name="Bradford", slug="bradford", gss_code="E08000032")
    page = CaseStudyPageFactory(
        parent=case_studies, title="Social value", council=council, numbers=[3, 6]
    )
    page.save_revision().publish()
    return page


@pytest.fixture
def london(case_studies):
    council = CouncilFactory(name="Lewisham", region=Region.LONDON)
    return CaseStudyPageFactory(parent=case_studies, title="A pot", council=council, numbers=[5])


def rows_of(client, address):
    """Return the rows of a file, whichever its ending."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    if ".csv" not in address:
        data = answer.json()
        assert data["count"] == len(data["results"])
        return data["results"]
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_figure_has_everything_it_needs_to_be_used(client, bradford):
    [result] = bradford.results.all()
    address = f"{settings.SITE_URL}/case-studies/social-value/"

    assert rows_of(client, f"{RESULTS}.json") == [
        {
            "id": f"{bradford.pk}-{result.key.hex[:8]}",
            "value": "2.43",
            "unit": "GBP",
            "figure": "£2.43",
            "measures": "of local benefit for every £1 of income",
            "period": "2019",
            "claimed_by": "The Trust",
            "note": "",
            "beside": "",
            "source": "LocalGov, 2019",
            "source_title": "The power of the community",
            "source_publisher": "LocalGov",
            "source_published": "5 July 2019",
            "source_url": "https://example.org/power",
            "case_study": "Social value",
            "case_study_url": address,
            "version": 1,
            "version_date": timezone.localdate().isoformat(),
            "council": "Bradford",
            "gss": "E08000032",
            "principles": ["local-spend", "local-by-default"],
        }
    ]


def test_case_study_has_its_structure(client, bradford):
    bradford.cost_band, bradford.procurement_route = "to_5m", "contract"
    bradford.what_changed, bradford.partners = "More is spent here", []
    bradford.save_revision().publish()

    [row] = rows_of(client, f"{STUDIES}.json")

    assert (row["id"], row["title"], row["figures"]) == (bradford.pk, "Social value", 1)
    assert (row["cost_band"], row["procurement_route"]) == ("to_5m", "contract")
    assert (row["what_changed"], row["completeness"]) == ("More is spent here", "short")
    assert (row["status"], row["as_at"], row["version"]) == ("running", "2019", 2)
    assert row["nothing_found"] == ["what_was_hard"]


@pytest.mark.parametrize("name", [RESULTS, STUDIES])
def test_csv_and_json_and_api_have_the_same_rows_and_columns(client, bradford, london, name):
    listed = rows_of(client, f"{name}.json")
    columns = api.FILES[name.removeprefix("/data/")][0]
    as_text = [{k: open_data._cell(v) for k, v in row.items()} for row in listed]

    assert len(listed) == 2
    assert rows_of(client, f"{name}.csv") == as_text
    assert rows_of(client, name.replace("/data", "/api/v1")) == listed
    assert all(list(row) == list(columns) for row in listed)


def test_empty_file_still_names_its_columns(client, case_studies):
    text = client.get(f"{RESULTS}.csv").content.decode()

    assert text.strip("\ufeff\r\n").split(",") == list(open_data.RESULT_COLUMNS)


@pytest.mark.parametrize(
    ("figure", "value", "unit"),
    [
        ("£474 million", "474000000", "GBP"),
        ("over £1.25 million", "1250000", "GBP"),
        ("41%", "41", "%"),
        ("85p", "0.85", "GBP"),
        ("100", "100", "people"),
        ("−5%", "-5", "%"),
    ],
)
def test_figure_is_given_as_a_plain_number(client, case_studies, figure, value, unit):
    page = CaseStudyPageFactory(parent=case_studies, results=0)
    page.results = [ResultFactory.build(figure=figure, unit="people" if unit == "people" else "")]
    page.save_revision().publish()

    for ending in ("json", "csv"):
        [row] = rows_of(client, f"{RESULTS}.{ending}")
        assert (row["value"], row["unit"], row["figure"]) == (value, unit, figure)
        assert Decimal(row["value"]) == page.results.get().value


def test_figure_that_is_not_one_number_has_no_value(client, case_studies):
    page = CaseStudyPageFactory(parent=case_studies, results=0)
    page.results = [ResultFactory.build(figure="47% to 60%")]
    page.save_revision().publish()

    assert rows_of(client, f"{RESULTS}.json")[0]["value"] is None
    assert rows_of(client, f"{RESULTS}.csv")[0]["value"] == ""


def test_id_stays_when_the_figure_is_corrected_and_goes_with_it(client, bradford):
    [before] = rows_of(client, f"{RESULTS}.json")
    draft = bradford.get_latest_revision_as_object()
    [result] = draft.results.all()
    result.figure = "£2.52"
    draft.results = [result]
    draft.save_revision().publish()
    [after] = rows_of(client, f"{RESULTS}.json")

    assert (before["figure"], after["figure"]) == ("£2.43", "£2.52")
    assert before["id"] == after["id"]
    assert (before["version"], after["version"]) == (1, 2)


@pytest.mark.parametrize("address", FILES)
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?region=london", {"A pot"}),
        ("?principle=local-spend", {"Social value"}),
        ("?principle=local-spend&region=london", set()),
        ("?q=pot", {"A pot"}),
        ("?page=2", {"A pot", "Social value"}),
    ],
)
def test_filters_of_the_list_hold_and_pages_do_not(
    client, bradford, london, address, query, titles
):
    found = rows_of(client, address + query)

    assert {row.get("case_study") or row["title"] for row in found} == titles


def test_rows_come_in_the_order_of_the_list(client, london, bradford):
    listed = [page.title for page in client.get("/case-studies/").context["listing"].page]

    assert [row["title"] for row in rows_of(client, f"{STUDIES}.json")] == listed


def test_list_links_to_its_own_files(client, bradford, london):
    html = client.get("/case-studies/?region=london&principle=commit-to-community").content.decode()

    for name in (RESULTS, STUDIES):
        [address] = {part.split('"')[0] for part in html.split('href="') if f"{name}.csv" in part}
        titles = rows_of(client, address.replace("&amp;", "&"))
        assert len(titles) == 1


def test_unknown_filter_is_refused(client, bradford):
    for address in FILES:
        answer = client.get(f"{address}?region=atlantis")
        assert answer.status_code == 422
        [fault] = answer.json()["errors"]
        assert fault["code"] == "E_VALUE"
        assert "atlantis" in fault["message"]


def test_only_what_is_public_and_real_is_in_a_file(client, case_studies, bradford):
    """Neither drafts, nor what waits for its day, has expired, is invented, private or older."""
    hidden = "Hidden"
    CaseStudyPageFactory(parent=case_studies, title=f"{hidden} draft", live=False)
    waiting = CaseStudyPageFactory(parent=case_studies, title=f"{hidden} waiting", live=False)
    waiting.go_live_at = timezone.now() + timedelta(days=1)
    waiting.save_revision().publish()
    gone = CaseStudyPageFactory(parent=case_studies, title=f"{hidden} withdrawn")
    gone.unpublish()
    invented = CouncilFactory(name=f"{hidden} demo", is_demonstration=True)
    CaseStudyPageFactory(parent=case_studies, title=f"{hidden} demo", council=invented)
    private = CaseStudyPageFactory(parent=case_studies, title=f"{hidden} private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    bradford.title = f"{hidden} newer draft"
    bradford.save_revision()

    for address in FILES:
        body = client.get(address).content.decode()
        assert hidden not in body
        assert "Social value" in body


def test_restricted_list_empties_every_file(client, case_studies, bradford, as_, officer):
    PageViewRestriction.objects.create(page=case_studies, restriction_type="login")

    for who in (client, as_(officer)):  # a file is kept, so it is the same for everybody
        for address in FILES:
            assert "Social value" not in who.get(address).content.decode()


@pytest.mark.parametrize("address", FILES)
def test_file_is_open_and_says_when_it_has_not_changed(client, bradford, address):
    answer = client.get(address)
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    bradford.unpublish()
    after = client.get(address, headers={"If-None-Match": answer["ETag"]})

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, no-cache"
    assert (again.status_code, after.status_code) == (304, 200)
    assert client.post(address).status_code == 405


def test_too_many_requests_are_refused(client, bradford, monkeypatch):
    monkeypatch.setattr(api, "TIMES", 1)
    client.get(FILES[0])

    refused = client.get(FILES[0])

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, "E_TOO_MANY")


@pytest.mark.parametrize("address", FILES)
def test_queries_do_not_grow(client, case_studies, address):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(address)
        return len(seen)

    CaseStudyPageFactory(parent=case_studies)
    queries()
    one = queries()
    for _ in range(9):
        CaseStudyPageFactory(parent=case_studies, results=3)

    queries()
    assert queries() == one <= 12
    assert Result.objects.count() == 28


def test_page_about_the_data_explains_every_column(client, case_studies):
    html = client.get("/data/").content.decode()

    for columns, _ in api.FILES.values():
        for name in columns:
            assert f"<code>{name}</code>" in html
    for address in FILES[:4]:
        assert f'href="{address}"' in html


def test_description_of_the_api_has_every_column():
    described = json.loads((settings.BASE_DIR / "casestudies" / "openapi.json").read_text())
    schemas = described["components"]["schemas"]

    assert list(schemas["CaseStudy"]["properties"]) == list(open_data.CASE_STUDY_COLUMNS)
    assert list(schemas["ResultRow"]["properties"]) == list(open_data.RESULT_COLUMNS)


def test_csv_holds_no_formula():
    assert (
        as_csv([["=1+1", "@a", "+44", "-5", "-5%", "£2"]]) == "\ufeff'=1+1,'@a,'+44,-5,'-5%,£2\r\n"
    )


@pytest.mark.parametrize("address", FILES)
def test_file_of_search_words_is_not_kept(client, bradford, address):
    """Search hears of a change after a kept answer would have been made anew."""
    assert client.get(f"{address}?sort=newest").is_kept
    assert not hasattr(client.get(f"{address}?q=social"), "is_kept")
