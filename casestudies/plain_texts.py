"""Rich texts as plain ones, for forms without an editor, and back.

A paragraph that nobody changed keeps its HTML, so links and lists that an editor made survive.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from django.utils.html import escape, urlize

BLANK_LINES = re.compile(r"\n\s*\n")
BULLET = re.compile(r"[*•–-]\s+")


def to_plain(html: str) -> str:
    """Return a rich text as plain paragraphs with a blank line between; lists have bullets."""
    return "\n\n".join(plain for plain, _ in paragraphs(html))


def to_html(text: str, before: str = "") -> str:
    """Return plain paragraphs as a rich text.

    Args:
        text: Paragraphs with a blank line between. Lines that all begin with a bullet are a list.
        before: The rich text that it was; paragraphs it shares with the text stay as they are.
    """
    kept = dict(paragraphs(before))
    return "".join(kept.get(part) or _marked_up(part) for part in split(text))


def split(text: str) -> list[str]:
    """Return the paragraphs of a plain text, each as `paragraphs` would return it."""
    parts = (_tidy(part) for part in BLANK_LINES.split(text.replace("\r\n", "\n")))
    return [part for part in parts if part]


def paragraphs(html: str) -> Iterator[tuple[str, str]]:
    """Yield each paragraph, heading or list of a rich text: as plain text, and as it is."""
    for block in BeautifulSoup(html, "html.parser").children:
        whole = str(block)
        if isinstance(block, Tag):
            for line in block.find_all("br"):
                line.replace_with("\n")
            items = block.find_all("li") if block.name in {"ul", "ol"} else []
            text = "\n".join(f"* {each.get_text()}" for each in items) or block.get_text()
        else:
            text, whole = str(block), f"<p>{escape(str(block).strip())}</p>"
        if plain := _tidy(text):
            yield plain, whole


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _marked_up(part: str) -> str:
    lines = part.split("\n")
    if all(BULLET.match(line) for line in lines):
        items = (_linked(BULLET.sub("", line, count=1)) for line in lines)
        return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    return f"<p>{'<br/>'.join(_linked(line) for line in lines)}</p>"


def _linked(line: str) -> str:
    """Return a line as HTML, with its web addresses and email addresses as links."""
    return str(urlize(line, autoescape=True))
