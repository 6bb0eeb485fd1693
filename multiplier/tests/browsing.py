"""What tests do in a browser: open, fill in, listen to complaints, measure."""

from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Locator, Page

from tests.conftest import axe_problems

TABLE = {
    "Staff": ("300,000", "80", "35"),
    "Suppliers": ("120,000", "50", ""),
    "Premises": ("40,000", "100", "30"),
    "Tax": ("20,000", None, None),
    "Surplus": ("20,000", None, None),
}


def opened(context: Browser | BrowserContext, **more: object) -> Page:
    """A new page that gives up soon: nothing here takes seconds.

    Without transitions, because a colour in between can have too little contrast.
    """
    page = context.new_page(**more)
    page.emulate_media(reduced_motion="reduce")
    page.set_default_timeout(8_000)
    return page


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser's console complains of."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def fill_in(where: Page | Locator | Frame | FrameLocator) -> None:
    """The community organisation, line by line, with one share left blank."""
    if (detail := where.get_by_role("button", name="Add detail")).count():
        detail.click()
    where.get_by_label("Staff, pounds a year").wait_for()
    if isinstance(where, Page):
        # Until its sheet has come the page goes to its fragment, and takes the focus from a field.
        where.wait_for_load_state()
    where.get_by_label("A provider’s income").check()
    where.get_by_label("Which area counts as local?").fill("Bradford district")
    where.get_by_label("Round 1: the money that came in, pounds a year").fill("£500,000")
    for name, (amount, local, again) in TABLE.items():
        where.get_by_label(f"{name}, pounds a year").fill(amount)
        if local is not None:
            where.get_by_label(f"{name}, per cent spent locally").fill(local)
            where.get_by_label(f"{name}, per cent of the local part").fill(again)


def axe(page: Page | Frame) -> list[str]:
    # Without preloading: a sandboxed frame may not fetch its own style sheets as data.
    return axe_problems(page, preload=False)


def overflows(page: Page | Frame) -> bool:
    page.wait_for_load_state()
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
