"""A representative who has never seen the check-in confirms it on a phone in two minutes."""

import re
import time

import pytest

from tests.conftest import axe_problems

pytestmark = pytest.mark.browser
TWO_MINUTES = 120


def test_representative_saves_without_javascript_and_confirms_on_a_phone(site, chromium):
    email, password = site.password_of("officer")

    def sign_in(javascript: bool):
        context = chromium.new_context(
            viewport={"width": 375, "height": 800},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(site.url + "/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/my/")
        return context, page

    context, page = sign_in(javascript=False)
    page.get_by_role("link", name=re.compile("yearly check-in")).click()
    page.get_by_label("3. Increase local spend").fill("We pay small suppliers sooner. (invented)")
    page.get_by_role("button", name="Save and finish later").click()
    page.get_by_text("Saved. You, or a colleague, can come back and finish it.").wait_for()
    context.close()

    context, page = sign_in(javascript=True)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    began, clicks = time.monotonic(), 0
    for step in (
        page.get_by_role("link", name=re.compile("yearly check-in")),
        page.get_by_label("The leader and the chief executive are right"),
        page.get_by_label("The champions are right"),
        page.get_by_label("What our public page says is still true"),
        page.get_by_label("Nothing new since our last check-in"),
        page.get_by_label("None this year"),
    ):
        step.click()
        clicks += 1
    assert axe_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    kept = page.get_by_label("3. Increase local spend").input_value()
    assert kept == "We pay small suppliers sooner. (invented)"
    page.get_by_role("button", name="Send check-in").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert time.monotonic() - began < TWO_MINUTES and clicks + 1 == 7
    assert axe_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    text = site.wait_for_mail(email, "Thank you")
    assert "We pay small suppliers sooner. (invented)" in text
    assert said == []
    context.close()
