"""Subject, text and HTML of an email, rendered from one template."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portal.models import SiteOperator

_LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")
_ACTION = re.compile(rf"(?:(?P<label>[^\n]+):\n)?(?P<link>{_LINK.pattern})")
_CODE = re.compile(r"\d{6}")
_SIGN = "\n\n-- \n"  # what email programs take as the start of a signature


def _shared() -> dict[str, object]:
    return {"site_url": settings.SITE_URL, "operator": SiteOperator.current()}


def render(template: str, context: Mapping[str, object]) -> tuple[str, str]:
    """Render the subject and the text, with a footer that says who runs the site.

    Args:
        template: Name of `templates/emails/<template>.txt`, whose first line is
            "Subject: ...". Blank lines separate paragraphs. `as_html` makes the first paragraph
            of a line such as "Read the wording:" and a link, or of a link alone, a button.
        context: Variables of the template besides `site_url` and `operator`.
    """
    shared = _shared()
    raw = render_to_string(f"emails/{template}.txt", {**context, **shared})
    first, _, body = raw.strip().partition("\n")
    subject = first.removeprefix("Subject:").strip()
    footer = render_to_string("emails/footer.txt", shared).strip()
    paragraphs = re.sub(r"\n{3,}", "\n\n", body.strip())
    return " ".join(subject.split()), f"{paragraphs}{_SIGN}{footer}\n"


def render_html(template: str, subject: str, context: Mapping[str, object]) -> str:
    """Render HTML from a template of its own, which extends emails/frame.html."""
    footer = render_to_string("emails/footer.txt", _shared()).strip()
    return render_to_string(
        template, {**context, **_shared(), "subject": subject, "footer": _paragraph(footer)}
    )


def as_html(subject: str, text: str) -> str:
    """Render the text as single-column HTML, with a button and its address."""
    body, _, footer = text.partition(_SIGN)
    parts = [part.strip() for part in body.split("\n\n")]
    actions = [found for part in parts if (found := _action(part))]
    chosen = next((found for found in actions if found["label"]), None)
    chosen = chosen or next(iter(actions), None)
    at = parts.index(chosen.string) if chosen else len(parts)
    context = {
        "subject": subject,
        "before": [_paragraph(part) for part in parts[:at]],
        "action": chosen and chosen.groupdict(),
        "after": [_paragraph(part) for part in parts[at + 1 :]],
        "footer": _paragraph(footer),
    }
    return render_to_string("emails/frame.html", context)


def _action(part: str) -> re.Match[str] | None:
    found = _ACTION.fullmatch(part)
    return found if found and _is_ours(found["link"]) else None


def _paragraph(text: str) -> SafeString:
    stripped = text.strip()
    if _CODE.fullmatch(stripped):
        return format_html('<span class="code">{}</span>', stripped)
    pieces, at = [], 0
    for link in _LINK.finditer(stripped):
        pieces.append(escape(stripped[at : link.start()]))
        shape = '<a href="{0}">{0}</a>' if _is_ours(link.group()) else "{}"
        pieces.append(format_html(shape, link.group()))
        at = link.end()
    pieces.append(escape(stripped[at:]))
    return mark_safe("".join(pieces).replace("\n", "<br>"))  # noqa: S308 (escaped above)


def _is_ours(link: str) -> bool:
    """Whether a link leads to this site, because a typed name may contain another address."""
    return f"{link}/".startswith(f"{settings.SITE_URL}/")
