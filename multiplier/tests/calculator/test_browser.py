"""The calculator in a real browser, on its page."""

import re

import pytest
from playwright.sync_api import expect

from multiplier.tests.browsing import axe, complaints, fill_in, opened, overflows

# The page reads who runs the site; the frame reads nothing at all.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SENTENCE = "For every £1 received, between 87p and 99p more was spent again in Bradford district"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_the_page_answers_at_every_width_with_and_without_scripts(chromium, site, scripts, width):
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}
    )
    page = opened(context)
    said = complaints(page)

    page.goto(f"{site}/multiplier/")
    page.get_by_role("heading", name="about 93p more was spent again in Exampleton").wait_for()
    page.get_by_label("Which area counts as local?").fill("")
    page.get_by_role("button", name="Calculate").click()
    page.get_by_role("link", name="Enter the area that counts as local").wait_for()
    assert page.title().startswith("Error: ")
    fill_in(page)
    page.get_by_role("button", name="Calculate").click()

    page.get_by_role("heading", name=SENTENCE).wait_for()
    page.wait_for_load_state()
    assert page.title().startswith("Result: ")
    assert page.url == f"{site}/multiplier/#answer_sentence"
    assert page.get_by_label("Suppliers, pounds a year").input_value() == "120,000"
    wide, narrow = page.locator("svg.flow--wide"), page.locator("svg.flow--narrow")
    assert (wide.is_visible(), narrow.is_visible()) == (width == 1280, width != 1280)
    assert page.get_by_role("rowheader", name="Held as surplus").is_visible()
    assert context.cookies() == []
    assert said == []
    if scripts:
        expect(page.locator("#answer_sentence")).to_be_focused()
        assert not overflows(page)
    context.close()


@pytest.mark.parametrize("address", ["/multiplier/", "/embed/multiplier/v1/?theme=dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_wrong_with_any_state(chromium, site, address, width):
    page = opened(chromium, viewport={"width": width, "height": 900})

    page.goto(site + address)
    assert axe(page) == [] and not overflows(page)
    page.get_by_label("Round 1: the money that came in").fill("lots")
    page.get_by_role("button", name="Calculate").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert axe(page) == []
    fill_in(page)
    page.get_by_role("button", name="Calculate").click()
    page.get_by_role("heading", name=SENTENCE).wait_for()
    assert axe(page) == []
    assert not overflows(page)
    if (more := page.get_by_role("button", name="More options")).count():
        more.click()
        page.get_by_label("The share staff spend again is of take-home pay").check()
        assert page.get_by_label("Take-home pay, per cent").is_visible()
        assert axe(page) == []
        assert not overflows(page)
    page.close()


def test_first_answer_at_375_pixels_is_within_two_screens(chromium, site):
    page = opened(chromium, viewport={"width": 375, "height": 667})
    page.goto(f"{site}/multiplier/")

    sentence, picture = page.locator("#answer_sentence"), page.locator("svg.flow--narrow")
    assert sentence.bounding_box()["y"] < 667
    below = picture.bounding_box()
    assert below["y"] + below["height"] < 2 * 667
    page.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_detail_and_three_numbers_change_by_keyboard_and_keep_what_was_typed(
    chromium, site, scripts
):
    context = chromium.new_context(java_script_enabled=scripts)
    page = opened(context)
    page.goto(f"{site}/multiplier/")
    page.get_by_label("Which area counts as local?").fill("Ely")
    page.get_by_label("Round 1: the money that came in").fill("90,000")
    page.get_by_role("button", name="Add detail").press("Enter")

    income = page.get_by_label("Round 1: the money that came in, pounds a year")
    expect(income).to_be_focused()
    expect(income).to_have_value("90,000")
    expect(page.get_by_label("Which area counts as local?")).to_have_value("Ely")
    page.get_by_label("Staff, pounds a year").fill("60,000")
    page.get_by_label("Staff, per cent spent locally").fill("50")
    page.get_by_label("Staff, per cent of the local part").fill("20")
    page.get_by_role("button", name="Use 3 numbers instead").press("Enter")

    page.get_by_role("heading", name="about 40p more was spent again in Ely").wait_for()
    expect(page.get_by_label("Round 1: the money that came in")).to_be_focused()
    expect(page.get_by_label("Round 2: how much")).to_have_value("30000")
    page.get_by_role("button", name="Add detail").press("Enter")
    expect(page.get_by_label("Staff, pounds a year")).to_have_value("60,000")
    context.close()


def test_nothing_moves_between_press_and_release_of_a_button(chromium, site):
    page = opened(chromium)
    page.goto(f"{site}/multiplier/")
    page.get_by_label("Which area counts as local?").fill("Ely")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data))
    page.get_by_role("button", name="Calculate").hover()

    page.mouse.down()
    page.wait_for_timeout(1_000)  # longer than the pause before the answer follows what is typed
    assert asked == []
    page.mouse.up()

    page.get_by_role("heading", name="was spent again in Ely").wait_for()
    assert page.url.endswith("#answer_sentence")
    page.close()


@pytest.mark.parametrize("width", [1280, 375])
def test_words_in_the_picture_are_at_least_16_pixels_tall(chromium, site, width):
    page = opened(chromium, viewport={"width": width, "height": 900})
    page.goto(f"{site}/multiplier/")
    page.get_by_role("button", name="See the answer for an invented provider").click()
    page.get_by_role("heading", name="more was spent again in Exampleton").wait_for()
    page.wait_for_load_state()

    sizes = page.evaluate(
        """() => [...document.querySelectorAll("svg.flow text")]
            .filter((text) => text.getBoundingClientRect().width)
            .map((text) => parseFloat(getComputedStyle(text).fontSize)
                * text.getCTM().a)"""
    )

    assert len(sizes) > 8
    assert min(sizes) >= 16
    page.close()


def test_another_site_cannot_frame_the_page(chromium, site, foreign):
    page = opened(chromium)
    said = complaints(page)

    page.goto(f"{foreign}/page.html")

    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").get_by_text("How far does").count() == 0
    assert any("frame-ancestors" in text or "Frame" in text for text in said)
    page.close()


def test_another_site_cannot_send_to_the_page(chromium, site, foreign, tmp_path):
    (tmp_path / "send.html").write_text(
        f'<form method="post" action="{site}/multiplier/"><button>Go</button></form>'
    )
    page = opened(chromium)
    page.goto(f"{foreign}/send.html")

    with page.expect_navigation() as navigation:
        page.get_by_role("button").click()

    assert navigation.value.status == 403
    page.close()


def test_the_answer_follows_what_is_typed(chromium, site):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = opened(context)
    said = complaints(page)
    page.goto(f"{site}/multiplier/")
    status = page.locator("[data-status]")
    fill_in(page)
    page.get_by_role("heading", name=SENTENCE).wait_for()
    status.get_by_text(SENTENCE).wait_for(state="attached")
    assert page.url.partition("#")[0] == f"{site}/multiplier/"

    page.get_by_label("Staff, pounds a year").fill("lots")
    page.locator("[data-result].is-old").wait_for()
    page.get_by_label("Staff, pounds a year").fill("300,000")
    page.locator("[data-result]:not(.is-old)").wait_for()
    page.get_by_role("button", name="Use the assumed 50% for suppliers").click()

    again = page.get_by_label("Suppliers, per cent of the local part")
    assert again.input_value() == "50 (30 to 75)"
    assert again.evaluate("field => field === document.activeElement")
    page.get_by_role("heading", name="about 93p more was spent again").wait_for()
    status.get_by_text("range 91p to 96p").wait_for(state="attached")
    page.get_by_role("button", name="Calculate").press("Enter")
    page.wait_for_url("**/#answer_sentence")
    expect(page.locator("#answer_sentence")).to_be_focused()
    assert said == []
    context.close()


def sheets(page) -> int:
    """How many pages of A4 it prints on."""
    paper = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom"), "12mm"))
    return len(re.findall(rb"/Type\s*/Page\b", paper))


def test_a_result_is_kept_opened_elsewhere_and_printed_on_one_page(chromium, site):
    page = opened(chromium, viewport={"width": 1280, "height": 900})
    page.goto(f"{site}/multiplier/")
    page.get_by_role("button", name="See the answer for an invented provider").click()
    page.get_by_role("button", name="Make a link").click()
    page.wait_for_url("**/multiplier/result/?of=calculator&method=1&**#kept")
    kept = page.url.removesuffix("#kept")
    expect(page.locator("#kept")).to_be_focused()
    page.get_by_role("heading", name="We have made a link to your result").wait_for()
    assert page.get_by_label("Link to this result").input_value().endswith(kept[len(site) :])
    assert axe(page) == []
    page.close()

    elsewhere = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    page = opened(elsewhere)
    page.goto(f"{kept}#kept")
    expect(page.locator("#kept"), "without scripts too").to_be_focused()
    page.get_by_text("Figures entered").first.click()
    assert not overflows(page)
    page.get_by_role("heading", name="between 87p and 99p more").wait_for()
    page.get_by_role("link", name="One page to print").click()
    page.wait_for_url("**/multiplier/report/**")
    assert sheets(page) == 1
    lines = "".join(
        f"&{kind}_amount=90000&{kind}_local=50&{kind}_again=35"
        for kind in ("staff", "supplier", "subcontractor", "premises", "tax", "other")
    )
    page.goto(f"{page.url.partition('&how=')[0]}&how=guided&income=600000{lines}")
    assert sheets(page) == 1, "with every kind of line"
    elsewhere.close()
    page = opened(chromium, viewport={"width": 320, "height": 800})
    page.goto(kept.replace("/result/", "/report/").replace("Exampleton", "Exampleton" * 8))
    assert axe(page) == [] and not overflows(page)
    page.close()


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("compare", "Fill in 2 invented organisations"),
        ("shift", "Try Northumberland’s rates of 2005 on £1m"),
        ("check", "Check Bradford Trident’s £2.52"),
    ],
)
def test_each_question_is_asked_answered_and_refused_without_a_fault(chromium, site, name, button):
    page = opened(chromium, viewport={"width": 320, "height": 800})
    said = complaints(page)
    page.goto(f"{site}/multiplier/{name}/")
    assert axe(page) == [] and not overflows(page)
    page.get_by_role("button", name=button).click()
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("heading", name="We have made a link to your result").wait_for()
    page.get_by_text("Figures entered").first.click()
    assert page.title().startswith("Result: ")
    assert axe(page) == [] and not overflows(page)
    page.get_by_role("link", name="One page to print").click()
    page.wait_for_url("**/multiplier/report/**")
    assert axe(page) == [] and not overflows(page)
    page.go_back()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert axe(page) == [] and not overflows(page)
    page.locator("form.calc input.govuk-input").last.fill("oops")
    page.get_by_role("button", name="Calculate").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert axe(page) == []
    assert said == []
    page.close()
