"""The two pictures of the README (`make pictures`), from a site of their own."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()  # the fixtures import models

from conftest import CHROMIUM_ARGS  # noqa: E402
from tests.conftest import ROOT, Site, free_port  # noqa: E402

OUT = ROOT / "docs" / "pictures"


def main() -> None:
    """Write docs/pictures/home.png and sign-up.png (1280 x 800)."""
    OUT.mkdir(exist_ok=True)
    path = subprocess.check_output([ROOT / "tests" / "find_chromium"], text=True).strip()
    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        site = Site(Path(var), free_port(), "")
        site.start()
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(site.url)
        page.screenshot(path=OUT / "home.png")
        email, password = site.password_of("officer")
        page.goto(f"{site.url}/accounts/login/?next=/my/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button[type=submit]").first.click()
        page.get_by_role("link", name=re.compile("Exampleshire")).first.click()
        page.wait_for_load_state()
        page.screenshot(path=OUT / "sign-up.png")
        browser.close()
        site.stop()
    print(f"Pictures: {', '.join(str(p.relative_to(ROOT)) for p in sorted(OUT.glob('*.png')))}")


if __name__ == "__main__":
    main()
