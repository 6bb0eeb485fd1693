"""The sheet of each page in a browser: everything looks as it does with the whole sheet."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.looks]

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
MEDIA = [("screen", 1280), ("screen", 375), ("print", 800)]
#: Keep every computed style of every element, and of what stands before and after it.
KEEP_LOOKS = """() => {
  const names = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--"))
  const looks = []
  for (const element of document.body.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part)
      if (part && style.content === "none") continue
      const look = names.map((name) => `${name}: ${style.getPropertyValue(name)}`)
      looks.push([element.tagName, element.className?.baseVal ?? element.className, part, look])
    }
  }
  window.kept = [...(window.kept ?? []), looks]
  return [looks.length, names.length]
}"""
#: What differs between the looks kept first and those kept last, medium by medium. They are
#: compared where they are, because they are far too many to send.
DIFFERENCES = """(media) => Array.from({ length: media }, (_, medium) => {
  const [one, other] = [kept[medium], kept[medium + media]]
  const differing = []
  one.forEach(([tag, name, part, look], number) => {
    const [tag2, name2, part2, look2] = other[number]
    const styles = look.filter((style, at) => style !== look2[at])
    if (tag !== tag2 || name !== name2 || part !== part2 || styles.length)
      differing.push([medium, tag, name, part, styles.slice(0, 6)])
  })
  return differing.slice(0, 3)
}).flat()"""
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
    own = _keep_looks(page)
    page.evaluate(WHOLE, "/static/portal/css/site.css")
    assert _keep_looks(page) == own, "as many elements and styles"
    assert min(min(counts) for counts in own) > 10
    assert page.evaluate(DIFFERENCES, len(MEDIA)) == []
    page.close()


def _keep_looks(page) -> list[list[int]]:
    """Let the page keep how it looks in each medium, and return how much that is."""
    counts = []
    for medium, width in MEDIA:
        page.emulate_media(media=medium)
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.fonts.ready.then(() => null)")
        counts.append(page.evaluate(KEEP_LOOKS))
    return counts
