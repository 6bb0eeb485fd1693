"""The pages of one's account, with a passkey in a virtual authenticator: axe, keyboard, phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import axe_problems, forms_without_token

pytestmark = [pytest.mark.browser, pytest.mark.looks]

PAGES = [
    "",
    "history/",
    "email/",
    "password/change/",
    "sessions/",
    "reauthenticate/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "2fa/recovery-codes/generate/",
    "logout/",
]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def check(page) -> None:
    """Check the page, wide and on a phone."""
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe_problems(page) == [], page.url
        assert forms_without_token(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def press(page, name: str) -> None:
    """Reach a button by keyboard, see where it is, and press it."""
    button = page.locator("main").get_by_role("button", name=name, exact=True)
    page.locator("main h1").click()
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


def sign_in(page, site) -> None:
    email, password = site.password_of("colleague")
    page.goto(f"{site.url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    press(page, "Sign in")


@pytest.fixture
def page(site, chromium):
    """A page of the colleague, who is in no other journey, with a passkey's device."""
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page, site)
    page.wait_for_url("**/my/")
    yield page
    context.close()


def test_account_pages_and_a_passkey_from_first_to_last(page, site):
    accounts = f"{site.url}/accounts/"
    for path in PAGES:
        assert page.goto(accounts + path).status in {200, 404}, path
        check(page)

    # Set it up: recovery codes come with it.
    page.goto(f"{accounts}2fa/webauthn/add/")
    page.get_by_label("Name").fill("My laptop")
    press(page, "Add the passkey")
    page.wait_for_url("**/2fa/recovery-codes/**")
    check(page)
    codes = page.locator("main li code").all_inner_texts()
    assert len(codes) == 10
    page.goto(f"{accounts}2fa/webauthn/")
    expect(page.get_by_role("term").filter(has_text="My laptop")).to_be_visible()
    check(page)
    edit = page.get_by_role("link", name="Rename My laptop").get_attribute("href")
    for path in (edit, edit.replace("edit", "remove"), "/accounts/2fa/"):
        page.goto(site.url + path)
        check(page)

    # Confirm who they are by it.
    page.goto(f"{accounts}2fa/webauthn/reauthenticate/?next=/accounts/email/")
    check(page)
    press(page, "Use your passkey")
    page.wait_for_url(re.compile(r"^[^?]*/accounts/email/$"))

    # Sign in with it as the second step; a recovery code would do too.
    page.goto(f"{accounts}logout/")
    press(page, "Sign out")
    page.wait_for_url(f"{site.url}/")
    sign_in(page, site)
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    check(page)
    page.get_by_label("Code").fill("000000")
    press(page, "Sign in")
    expect(page.locator(".govuk-error-summary")).to_contain_text("The code is not correct")
    check(page)
    press(page, "Use your passkey")
    page.wait_for_url(re.compile(r"/my/$"))

    # The history tells of it all; then it is removed, for the next run.
    page.goto(f"{accounts}history/")
    expect(page.locator("main")).to_contain_text("A passkey was added")
    expect(page.locator("main")).to_contain_text("A wrong code was entered as the second step")
    page.goto(site.url + edit.replace("edit", "remove"))
    press(page, "Remove the passkey")
    page.wait_for_url(re.compile(r"/accounts/2fa/(webauthn/)?$"))
    expect(page.locator("body")).to_contain_text("Passkey removed")
