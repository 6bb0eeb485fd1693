"""The pictures of the README and of the editors' guide (`make pictures`), from their own site."""

import io
import os
import re
import subprocess
import tempfile
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()  # the fixtures import models

from conftest import CHROMIUM_ARGS  # noqa: E402
from tests.conftest import ROOT, Site, free_port  # noqa: E402

OUT = ROOT / "docs" / "pictures"


SETTLED = 1500  # milliseconds until the admin's own scripts are done


def main() -> None:
    """Write home.png, sign-up.png and the guide's pictures (1280 x 800) to docs/pictures/."""
    OUT.mkdir(exist_ok=True)
    path = subprocess.check_output([ROOT / "tests" / "find_chromium"], text=True).strip()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as var,
        sync_playwright() as playwright,
    ):
        site = Site(Path(var), free_port(), "")
        site.start()
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(site.url)
        page.screenshot(path=OUT / "home.png")
        page = signed_in(browser, site, "officer", "/my/")
        page.get_by_role("link", name=re.compile("Exampleshire")).first.click()
        page.wait_for_load_state()
        page.screenshot(path=OUT / "sign-up.png")
        picture_guide(browser, site)
        browser.close()
        site.stop()
    print(f"Pictures: {', '.join(str(p.relative_to(ROOT)) for p in sorted(OUT.iterdir()))}")


def signed_in(browser: Browser, site: Site, role: str, path: str) -> Page:
    """Return a page with a demo account signed in."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    email, password = site.password_of(role)
    page.goto(f"{site.url}/accounts/login/?next={path}")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


def picture_guide(browser: Browser, site: Site) -> None:
    """Let an author submit some news from the starter page, and picture each step."""
    author = signed_in(browser, site, "author", "/admin/")
    author.get_by_role("link", name="Start a new news item").click()
    author.locator("input[name=new_title]").fill("A library that neighbours run")
    author.locator("input[name=new_slug]").fill("a-library-that-neighbours-run")
    keep(author, "copy-a-starter", height=700)
    author.get_by_role("button", name="Copy this page").click()
    author.get_by_role("link", name="Edit", exact=True).last.click()
    author.wait_for_url("**/edit/")
    draft = author.url
    foot = author.get_by_role("navigation", name="Actions (footer)")
    foot.locator("[data-w-dropdown-target=toggle]").click()
    foot.locator("button", has_text="Submit to a publisher").click()
    author.wait_for_load_state()

    publisher = signed_in(browser, site, "editor", "/admin/")
    keep(publisher, "admin-first-page", height=700)
    publisher.goto(draft)
    foot = publisher.get_by_role("navigation", name="Actions (footer)")
    foot.locator("[data-w-dropdown-target=toggle]").click()
    keep(publisher, "approve")
    publisher.goto(f"{site.url}/admin/reports/reviews/")
    keep(publisher, "pages-to-check", height=500)
    publisher.goto(f"{site.url}/admin/reports/content/")
    publisher.locator("table.listing td.title a").first.click()
    publisher.wait_for_load_state()
    keep(publisher, "content-checks", height=500)


def keep(page: Page, name: str, height: int = 800) -> None:
    """Save what is shown as a small WebP picture, once the page has settled."""
    page.wait_for_timeout(SETTLED)
    clip = {"x": 0, "y": 0, "width": 1280, "height": height}
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip)))
    shot.convert("RGB").save(OUT / f"{name}.webp", quality=70, method=6)


if __name__ == "__main__":
    main()
