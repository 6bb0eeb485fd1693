"""The calculator in a real browser: on its page, and framed by another site."""

import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

# The page reads who runs the site; the frame reads nothing at all.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SENTENCE = "For every £1 received, between 87p and 99p more was spent again in Bradford district"
TABLE = {
    "Staff": ("300,000", "80", "35"),
    "Suppliers": ("120,000", "50", ""),
    "Premises": ("40,000", "100", "30"),
    "Tax": ("20,000", None, None),
    "Surplus": ("20,000", None, None),
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Our site, on a port of its own. Not live_server: that would empty the database."""
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert not thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    find = settings.BASE_DIR / "tests" / "find_chromium"
    path = subprocess.run([find], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield started
        started.close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign(tmp_path: Path, site: str) -> Iterator[str]:
    """Another site (another host and port), whose pages frame ours."""
    for name, address in {"frame": "/embed/multiplier/v1/", "page": "/multiplier/"}.items():
        (tmp_path / f"{name}.html").write_text(
            '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,">'
            "<title>A town’s own page</title><main><h1>Our money</h1>"
            f'<iframe title="Calculator" width="700" height="1500" src="{site}{address}">'
            "</iframe></main></html>"
        )
    handler = partial(QuietHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(context: Browser | BrowserContext, **more: object) -> Page:
    """A new page that gives up soon: nothing here takes seconds."""
    page = context.new_page(**more)
    page.set_default_timeout(8_000)
    return page


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser's console complains of."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def fill_in(where: Page | Locator) -> None:
    """The community organisation, with one share left blank."""
    where.get_by_label("A provider’s income").check()
    where.get_by_label("Which area counts as local?").fill("Bradford district")
    where.get_by_label("What the money was spent on, line by line").check()
    where.get_by_label("Round 1: the money that came in, pounds a year").fill("£500,000")
    for name, (amount, local, again) in TABLE.items():
        where.get_by_label(f"{name}, pounds a year").fill(amount)
        if local is not None:
            where.get_by_label(f"{name}, per cent spent locally").fill(local)
            where.get_by_label(f"{name}, per cent of the local part").fill(again)


def axe(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


def overflows(page: Page) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_the_page_answers_at_every_width_with_and_without_scripts(chromium, site, scripts, width):
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}
    )
    page = opened(context)
    said = complaints(page)

    page.goto(f"{site}/multiplier/")
    assert page.get_by_label("Round 2: how much").is_hidden()
    page.get_by_role("button", name="Work it out").click()
    page.get_by_role("link", name="Choose whose money round 1 is").wait_for()
    assert page.title().startswith("Error: ")
    fill_in(page)
    page.get_by_role("button", name="Work it out").click()

    page.get_by_role("heading", name=SENTENCE).wait_for()
    assert page.title().startswith("Result: ")
    assert page.url == f"{site}/multiplier/#answer_sentence"
    assert page.get_by_label("Suppliers, pounds a year").input_value() == "120,000"
    wide, narrow = page.locator("svg.flow--wide"), page.locator("svg.flow--narrow")
    assert (wide.is_visible(), narrow.is_visible()) == (width == 1280, width != 1280)
    assert page.get_by_role("rowheader", name="Held as surplus").is_visible()
    assert context.cookies() == []
    assert said == []
    if scripts:
        assert page.evaluate("document.activeElement.id") == "answer_sentence"
        assert not overflows(page)
    context.close()


@pytest.mark.parametrize("address", ["/multiplier/", "/embed/multiplier/v1/"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_wrong_with_any_state(chromium, site, address, width):
    page = opened(chromium, viewport={"width": width, "height": 900})

    page.goto(site + address)
    assert axe(page) == []
    page.get_by_label("The three rounds, as three numbers").check()
    assert page.get_by_label("Round 2: how much").is_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Work it out").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert axe(page) == []
    fill_in(page)
    page.get_by_role("button", name="Work it out").click()
    page.get_by_role("heading", name=SENTENCE).wait_for()
    assert axe(page) == []
    assert not overflows(page)
    page.close()


@pytest.mark.parametrize("width", [1280, 375])
def test_words_in_the_picture_are_at_least_16_pixels_tall(chromium, site, width):
    page = opened(chromium, viewport={"width": width, "height": 900})
    page.goto(f"{site}/multiplier/")
    page.get_by_role("button", name="See the answer for an invented provider").click()
    page.get_by_role("heading", name="more was spent again in Exampleton").wait_for()

    sizes = page.evaluate(
        """() => [...document.querySelectorAll("svg.flow text")]
            .filter((text) => text.getBoundingClientRect().width)
            .map((text) => parseFloat(getComputedStyle(text).fontSize)
                * text.getCTM().a)"""
    )

    assert len(sizes) > 8
    assert min(sizes) >= 16
    page.close()


def test_another_site_frames_the_calculator(chromium, site, foreign):
    context = chromium.new_context(viewport={"width": 800, "height": 1600})
    page = opened(context)
    said = complaints(page)
    page.goto(f"{foreign}/frame.html")
    frame = page.frame_locator("iframe")

    fill_in(frame)
    frame.get_by_role("button", name="Work it out").click()

    frame.get_by_role("heading", name=SENTENCE).wait_for()
    assert frame.locator("svg.flow--narrow").is_visible()
    assert frame.get_by_role("link", name="Keep it Local").get_attribute("target") == "_blank"
    assert context.cookies() == []
    assert said == []
    assert axe(page) == []
    context.close()


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
