"""Subject, text and HTML of an email, rendered from one template."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.models import SiteOperator

_LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")


def render(template: str, context: Mapping[str, object]) -> tuple[str, str]:
    """Render the subject and the text, with a footer that says who runs the site.

    Args:
        template: Name of `templates/emails/<template>.txt`, whose first line is
            "Subject: ...". Blank lines separate paragraphs.
        context: Variables of the template besides `site_url` and `operator`.
    """
    shared = {"site_url": settings.SITE_URL, "operator": SiteOperator.current()}
    raw = render_to_string(f"emails/{template}.txt", {**context, **shared})
    first, _, body = raw.strip().partition("\n")
    subject = first.removeprefix("Subject:").strip()
    footer = render_to_string("emails/footer.txt", shared).strip()
    paragraphs = re.sub(r"\n{3,}", "\n\n", body.strip())
    return " ".join(subject.split()), f"{paragraphs}\n\n-- \n{footer}\n"


def as_html(subject: str, text: str) -> str:
    """Render the text as single-column HTML. A line with only a link becomes a button."""
    paragraphs = format_html_join(
        "\n", "<p>{}</p>", ((_paragraph(part),) for part in text.split("\n\n"))
    )
    return render_to_string("emails/frame.html", {"subject": subject, "paragraphs": paragraphs})


def _paragraph(text: str) -> SafeString:
    stripped = text.strip()
    if _LINK.fullmatch(stripped) and _is_ours(stripped):
        return format_html('<a class="button" href="{0}">{0}</a>', stripped)
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
