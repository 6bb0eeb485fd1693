"""Our own pages in Wagtail's admin: accessibility and narrow screens."""

import pytest

from tests.conftest import axe_problems, forms_without_token

pytestmark = [pytest.mark.browser, pytest.mark.looks]

PAGES = [
    "/admin/sign-ups/",
    "/admin/",
    "/admin/members/",
    "/admin/members/new/",
    "/admin/members/bradford/",
    "/admin/members/demo-samplebury/",
    "/admin/members/demo-mockington/",
    "/admin/log/",
    "/admin/away/",
    "/admin/access/merge/",
    "/admin/removals/",
    "/admin/leaving/",
    "/admin/offices/",
    "/admin/history/",
    "/admin/sign-ups/wordings/",
    "/admin/sign-ups/wordings/new/",
    "/admin/access/",
    "/admin/mail/",
    "/admin/mail/catalogue/",
    "/admin/mail/catalogue/network.endorsement_request/",
    "/admin/reports/health/",
    "/admin/reports/questions/",
]
REVIEWS = [f"KIL-2026-000{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def desk(site, chromium):
    """A page with a manager signed in."""
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    email, password = site.password_of("manager")
    page.goto(f"{site.url}/admin/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES + [f"/admin/sign-ups/{ref}/" for ref in REVIEWS])
def test_staff_page_is_accessible_wide_and_narrow(desk, site, path):
    for width in (1280, 375):
        desk.set_viewport_size({"width": width, "height": 800})
        answer = desk.goto(site.url + path)
        assert answer.status == 200
        assert axe_problems(desk, within="main") == []
        assert forms_without_token(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
