"""A supporter in a browser, on a phone and without JavaScript; and a manager who writes to them."""

import re

import pytest

from tests.conftest import axe_problems

pytestmark = pytest.mark.browser


def link_of(site, address: str, subject: str, kind: str) -> str:
    text = site.wait_for_mail(address, subject)
    return re.search(rf"{site.url}/supporters/link/{kind}/\S+", text)[0]


@pytest.mark.parametrize("javascript", [True, False])
def test_supporter_signs_up_confirms_changes_and_leaves(site, chromium, javascript):
    address = f"sue.{javascript}@home.example".lower()
    context = chromium.new_context(
        viewport={"width": 375, "height": 800},
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))

    def look() -> None:
        if javascript:
            assert axe_problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 375

    page.goto(site.url + "/supporters/")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="Enter your email address").wait_for()
    look()
    page.get_by_label("Your email address").fill(address)
    page.get_by_label("Buying and commissioning").check()
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/supporters/sent/")
    look()
    page.goto(link_of(site, address, "Please confirm", "confirm"))
    look()
    page.get_by_role("button", name="Yes, send me news").click()
    page.get_by_role("heading", name="You are on the list").wait_for()
    look()
    page.get_by_role("link", name="Choose what you hear about").click()
    page.get_by_label("Health and the NHS").wait_for()
    look()
    page.get_by_label("Health and the NHS").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. We’ll send you what you chose.").wait_for()
    assert page.get_by_label("Buying and commissioning").is_checked()
    look()
    page.get_by_role("button", name="Stop sending me news").click()
    page.get_by_role("heading", name="We send you no news").wait_for()
    look()
    page.get_by_role("link", name="delete it all now").click()
    page.get_by_role("button", name="Delete my details").wait_for()
    look()
    page.get_by_role("button", name="Delete my details").click()
    page.wait_for_url("**/supporters/erased/")
    assert context.cookies() == []
    assert said == []
    context.close()


def test_resident_tells_that_they_asked_and_manager_writes_to_them(site, chromium):
    address = "ria@home.example"
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.url + "/join/ask-my-council/?council=craven")
    page.goto(site.url + "/join/ask-my-council/?council=cornwall")
    page.get_by_role("link", name="Tell the network that you asked").click()
    assert page.get_by_label("Which council did you ask?").input_value() == "cornwall"
    page.get_by_label("Your email address").fill(address)
    page.get_by_label("Send me news about Keep it Local too").check()
    page.get_by_role("button", name="Tell the network").click()
    page.goto(link_of(site, address, "you asked Cornwall to join", "asked"))
    page.get_by_role("button", name="Yes, I asked my council").click()
    assert page.get_by_text("You are on the list for our news too.").is_visible()
    assert axe_problems(page) == []
    context.close()

    context = chromium.new_context(reduced_motion="reduce")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    email, password = site.password_of("manager")
    page.goto(site.url + "/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/my/")
    page.goto(site.url + "/admin/reports/asked-to-join/")
    assert page.get_by_role("link", name="Cornwall Council").is_visible()
    page.goto(site.url + "/admin/snippets/campaign/newsletter/add/")
    page.locator("#id_subject").fill("An invented newsletter")
    page.locator("#id_introduction").fill("One.\n\nTwo.")
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("iframe[title='Preview']").first
    frame.get_by_text("Hello Sue Sample,").wait_for()
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("An invented newsletter"))
    row.get_by_role("link", name="Check and send").click()
    page.get_by_label(re.compile("I have read it, and it can go to")).check()
    page.get_by_role("button", name=re.compile("Send to")).click()
    page.get_by_text("We are sending it to").wait_for()
    text = site.wait_for_mail(address, "An invented newsletter")
    assert "One.\n\nTwo." in text
    page.goto(re.search(rf"{site.url}/supporters/link/unsubscribe/\S+", text)[0])
    page.get_by_role("button", name="Stop sending me news").click()
    assert page.get_by_role("heading", name="We send you no news").is_visible()
    assert [words for words in said if "Content Security Policy" in words] == []
    context.close()
