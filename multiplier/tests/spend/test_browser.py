"""The spend page in a real browser; its reader against the same cases, and against Python's."""

import base64
import random
import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from playwright.sync_api import Page, expect

from multiplier.spend.cells import supplier_key
from multiplier.spend.columns import WORDS
from multiplier.spend.decoding import Refused
from multiplier.spend.grouping import read
from multiplier.tests.browsing import axe, complaints, opened, overflows
from multiplier.tests.spend.cases import CASES, MARKED, MARKINGS, REFUSALS
from multiplier.tests.spend.test_views import SAMPLE
from multiplier.tests.spend.test_workbooks import ROWS, workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PAGE = "/multiplier/spend/"

# Reads files one after the other in the page's own worker.
READ = """async (files) => {
    const address = document.querySelector("[data-spend]").dataset.worker
    const worker = new Worker(address, { type: "module" })
    const found = []
    for (const file of files) {
        const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)).buffer
        found.push(await new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => { if (!data.share) resolve(data) }
            worker.onerror = (event) => reject(new Error(event.message))
            worker.postMessage({ bytes }, [bytes])
        }))
    }
    worker.terminate()
    return found
}"""
PARTS = [
    ",",
    ";",
    "\t",
    '"',
    '""',
    "\n",
    "\r\n",
    "£",
    "(",
    ")",
    "-",
    " ",
    "Ltd",
    "Limited",
    "é",
    "–",
]
PARTS += ["Supplier", "Amount", "Postcode", "BD1 1AA", "1,234.50", "12.345", "Total", "Mock & Sons"]
PARTS += ["7", "0.5", "\u00a0", "|", "Mock Books,500,Hull\n", '"Mock, Books";"1.00"\n']


@pytest.fixture
def page(chromium, site) -> Iterator[Page]:
    page = opened(chromium)
    page.goto(site + PAGE)
    yield page
    page.close()


def in_the_browser(page: Page, files: list[bytes]) -> list[dict]:
    return page.evaluate(READ, [base64.b64encode(file).decode() for file in files])


def told(reading: dict) -> dict:
    """A reading of the browser's without what only its page shows."""
    groups = [
        {name: group[name] for name in ("supplier", "place", "pence", "lines")}
        for group in reading["groups"]
    ]
    rest = {name: value for name, value in reading.items() if name not in ("sample", "groups")}
    return rest | {"groups": groups}


def by_python(data: bytes) -> dict:
    try:
        found = asdict(read(data))
    except Refused as refusal:
        return {"refused": str(refusal)}
    lists = {name: list(found[name]) for name in ("headers", "groups", "first_rows", "sheets")}
    return found | lists | {"examples": [list(example) for example in found["examples"]]}


def random_files(number: int) -> list[bytes]:
    """Heaps of what makes files hard, in several encodings; the same each time."""
    dice = random.Random(5)
    encodings = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
    return [
        "".join(dice.choices(PARTS, k=dice.randint(1, 120))).encode(dice.choice(encodings))
        for _ in range(number)
    ]


def test_the_browsers_reader_passes_every_case(page):
    files = [case.data for case in (*CASES, *REFUSALS)]
    answers = in_the_browser(page, files)

    for case, answer in zip(CASES, answers, strict=False):
        found = told(answer["reading"])
        groups = [tuple(group.values()) for group in found["groups"]]
        assert groups == case.groups, case.name
        assert tuple(found["columns"].values()) == case.columns, case.name
        assert (found["encoding"], found["separator"]) == (case.encoding, case.separator), case.name
        assert found["skipped"] == case.skipped, case.name
    for refusal, answer in zip(REFUSALS, answers[len(CASES) :], strict=True):
        # A workbook is the server's to read; the browser only knows it for one.
        expected = refusal.reason.removesuffix("_broken")
        assert answer == {"refused": expected}, refusal.name


def test_the_browser_reads_any_file_as_python_does(page):
    files = [*random_files(400), *(case.data for case in CASES), SAMPLE.read_bytes()]

    for data, answer in zip(files, in_the_browser(page, files), strict=True):
        ours = answer if "refused" in answer else told(answer["reading"])
        assert ours == by_python(data), data


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [1280, 320])
def test_from_a_file_to_an_answer(chromium, site, settings, scripts, width):
    # The server's thread cannot write to a database that the test's transaction holds.
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = settings.CACHES | {"default": in_memory}
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}
    )
    page = opened(context)
    said, posted = complaints(page), []
    page.on("request", lambda asked: posted.append(asked.method) if asked.post_data else None)
    page.goto(site + PAGE)
    if scripts:
        assert axe(page) == []
    page.get_by_label("Spending file").set_input_files(SAMPLE)
    if not scripts:
        page.get_by_role("button", name="Read the file").click()
    page.get_by_role("heading", name="Your file").wait_for()
    page.get_by_label("Which area counts as local?").fill("Exampleton")
    page.get_by_label(re.compile(r"ZX \(all of it\)")).check()
    supplier = page.get_by_label("Made-Up Consulting Ltd")
    supplier.select_option("Elsewhere")
    if not scripts:
        page.get_by_role("button", name="Calculate round 2").click()

    page.get_by_text("Of £1,607,283, between £834,354 and £897,155 was spent locally.").wait_for()
    if scripts:
        assert posted == [], "nothing has left the browser"
        assert axe(page) == []
        assert not overflows(page)
        # In bulk: what is found by name, all at once.
        page.get_by_label("Find suppliers by name or place").fill("recruit")
        page.get_by_text("1 found.").wait_for()
        page.get_by_role("button", name="Local", exact=True).click()
        page.get_by_text("1 marked: local.").wait_for()
        page.get_by_text("between £883,837 and £897,155 was").wait_for()
        # Other columns: read again.
        page.get_by_label("Amount", exact=True).select_option(label="None")
        page.get_by_text("We could not read any amount in that column").wait_for()
        assert axe(page) == []
        page.get_by_label("Amount", exact=True).select_option("7")
        page.get_by_text("between £883,837 and £897,155 was").wait_for()
    page.get_by_role("button", name="Take this to the calculator").click()

    page.get_by_role("heading", name="For every £1 the council spent").wait_for()
    assert "Exampleton" in page.content()
    assert "Mock Tenants" not in page.content(), "only sums went along"
    assert context.cookies() == []
    assert said == []
    context.close()


def test_workbook_goes_to_the_server_when_the_button_is_pressed(chromium, site, settings):
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = settings.CACHES | {"default": in_memory}
    page = opened(chromium)
    said, posted = complaints(page), []
    page.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)
    page.goto(site + PAGE)
    sheet = {"name": "spend.xlsx", "mimeType": "application/zip", "buffer": workbook(April=ROWS)}
    page.get_by_label("Spending file").set_input_files(sheet)
    page.get_by_text(WORDS["refusals"]["workbook"]).wait_for()
    assert posted == [], "nothing is sent before the button is pressed"

    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("Read from the sheet “April”. The column names are in row 3.").wait_for()
    assert page.get_by_label("Row with the column names").input_value() == "3"
    assert axe(page) == []
    page.get_by_label("Which area counts as local?").fill("Exampleton")
    page.get_by_label(re.compile(r"ZX \(all of it\)")).check()
    page.get_by_role("button", name="Calculate round 2").click()
    page.get_by_text("was spent locally.").first.wait_for()

    plain = {"name": "spend.csv", "mimeType": "text/csv", "buffer": MARKED}
    page.get_by_label("Spending file").set_input_files(plain)
    page.get_by_text("2 lines, £1,000.00 in total after refunds").wait_for()
    assert page.get_by_label("Row with the column names").count() == 1
    assert page.get_by_text("Read from the sheet").count() == 0
    assert said == []
    page.close()


def test_header_row_is_chosen_with_scripts(page):
    rows = b"Supplier,Amount\nSupplier,Town,Net amount\nMock Books,Hull,5\n"
    file = {"name": "spend.csv", "mimeType": "text/csv", "buffer": rows}
    page.get_by_label("Spending file").set_input_files(file)
    page.get_by_label("Row with the column names").select_option(
        "Row 2: Supplier | Town | Net amount"
    )

    page.get_by_text("1 line, £5.00 in total after refunds").wait_for()
    assert page.get_by_text("1 row: above the column names (1)").count() == 1
    assert page.locator("#column_amount option:checked").inner_text() == "Net amount: 5"


def test_words_choice_and_numbers_agree_in_each_state(page):
    no_text = {"name": "random.xlsx", "mimeType": "text/csv", "buffer": b"\x01\x02," * 99}
    page.get_by_label("Spending file").set_input_files(no_text)
    page.get_by_text(WORDS["refusals"]["no_text"]).wait_for()
    expect(page.locator("#id_file_fault"), "the error is read first").to_be_focused()
    page.get_by_label("Spending file").set_input_files(
        {"name": "spend.csv", "mimeType": "text/csv", "buffer": MARKED}
    )
    page.get_by_role("heading", name="Your file").wait_for()
    assert page.get_by_text(WORDS["refusals"]["no_text"]).count() == 0
    others = page.get_by_role("group", name="Once you have selected a place")
    for marking in MARKINGS:
        for box in page.locator("[name=places]").all():
            box.set_checked(box.input_value() in marking.places)
        others.locator(f"[value={marking.others}]").check()
        assert f"Of £1,000, {marking.sentence}" in page.locator("[data-sentence]").inner_text()
        assert page.locator("[data-row] td:last-child").all_inner_texts() == list(marking.shares)
        assert page.locator("[data-why-range]").inner_text() == WORDS["range"][marking.why]

    page.get_by_role("button", name="Take this to the calculator").click()
    page.get_by_text(WORDS["no_area"]).wait_for()
    assert page.url.endswith(PAGE)
    expect(page.locator("#id_area")).to_be_focused()
    assert axe(page) == []
    page.get_by_label("Which area counts as local?").fill("Exampleton")
    assert page.get_by_text(WORDS["no_area"]).count() == 0
    page.get_by_label("Spending file").set_input_files(no_text)
    page.get_by_text(WORDS["refusals"]["no_text"]).wait_for()
    assert page.locator(".spend__result").count() == 0, "nothing stands of the other file"


def test_both_readers_know_a_supplier_by_the_same_key(page):
    names = ["Mock & Sons, Limited", "ÉCOLE  [Mock]", "THE–MOCK/CO.", "İnvented Straße Ltd"]
    rows = "".join(f'"{name}",1\n' for name in names)
    (answer,) = in_the_browser(page, [f"Supplier,Amount\n{rows}".encode()])

    found = {group["supplier"]: group["key"] for group in answer["reading"]["groups"]}
    assert found == {" ".join(name.split()): supplier_key(name) for name in names}
