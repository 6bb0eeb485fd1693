"""The sheet of each page in a browser: everything looks as it does with the whole sheet."""

import pytest

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/case-studies/bradford-spending-with-the-district-first/",
    "/councils/bradford/",
    "/search/?q=bradford",
    "/join/council/",
    "/multiplier/",
    "/styleguide/",
    "/nowhere/",
]
#: Every computed style of every element, and of what stands before and after it.
LOOKS = """() => {
  const looks = []
  for (const element of document.body.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part)
      if (part && style.content === "none") continue
      const names = [...style].filter((name) => !name.startsWith("--"))
      const look = names.map((name) => `${name}: ${style.getPropertyValue(name)}`).join(";")
      looks.push([element.tagName, element.className?.baseVal ?? element.className, part, look])
    }
  }
  return looks
}"""
WHOLE = """(address) => new Promise((resolve) => {
  const link = document.querySelector('link[rel="stylesheet"]')
  link.addEventListener("load", resolve, { once: true })
  link.href = address
})"""


@pytest.mark.parametrize("path", PAGES)
def test_page_looks_as_with_the_whole_sheet(site, chromium, path):
    page = chromium.new_page(reduced_motion="reduce")
    page.goto(f"{site.url}{path}", wait_until="networkidle")
    assert "/styles/" in page.locator('link[rel="stylesheet"]').first.get_attribute("href")
    media = [("screen", 1280), ("screen", 375), ("print", 800)]
    own = _looks(page, media)
    page.evaluate(WHOLE, "/static/portal/css/site.css")
    whole = _looks(page, media)
    page.close()
    for one, other in zip(own, whole, strict=True):
        pairs = zip(one, other, strict=True)
        assert not [(a[:3], _difference(a[3], b[3])) for a, b in pairs if a != b][:3]


def _looks(page, media) -> list[list]:
    looks = []
    for medium, width in media:
        page.emulate_media(media=medium)
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.fonts.ready")
        looks.append(page.evaluate(LOOKS))
    return looks


def _difference(one: str, other: str) -> list[str]:
    return sorted(set(one.split(";")) ^ set(other.split(";")))[:6]
