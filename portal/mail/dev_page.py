"""Development inbox at /dev/mail/: emails sent on this machine. DEBUG only."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100
# What a mail program shows above an email, in its order.
HEADINGS = ("From", "To", "Cc", "Reply-To", "Date", "Expires")
# Django's file backend ends each email with it. Two in one second can share a file.
_END = b"\n" + b"-" * 79 + b"\n"


def read_mails(folder: Path, last: int = 0) -> list[EmailMessage]:
    """Return the `last` emails in this folder, or all of them, oldest first."""
    parser: BytesParser[EmailMessage] = BytesParser(policy=email.policy.default)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
    sent = [mail for path in files for mail in path.read_bytes().split(_END) if mail.strip()]
    return [parser.parsebytes(mail) for mail in sent[-last:]]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of an email; "" if it has none."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def _shown(mail: EmailMessage) -> dict[str, Any]:
    """Return an email as a mail program shows it, for the template."""
    return {
        "headings": [(name, str(mail[name])) for name in HEADINGS if mail[name]],
        "subject": str(mail["Subject"]),
        "id": str(mail["Message-ID"]).strip("<>"),
        "has_html": mail.get_body(("html",)) is not None,
        "text": text_of(mail),
        "attachments": [part.get_filename("no name") for part in mail.iter_attachments()],
    }


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """List every email under var/mail, newest first; 404 outside DEBUG."""
    if not settings.DEBUG:
        raise Http404
    newest = reversed(read_mails(Path(settings.MAIL_DIR), last=SHOWN))
    return render(request, "portal/dev_mail.html", {"mails": [_shown(mail) for mail in newest]})


@require_safe
@csp_update({"style-src-elem": [UNSAFE_INLINE]})  # type: ignore[arg-type]  # it takes any view
def dev_mail_html(request: HttpRequest, message_id: str) -> HttpResponse:
    """Show the HTML part of one email, which holds its own style; 404 outside DEBUG."""
    if not settings.DEBUG:
        raise Http404
    for mail in reversed(read_mails(Path(settings.MAIL_DIR))):
        if str(mail["Message-ID"]).strip("<>") == message_id and (part := mail.get_body(("html",))):
            return HttpResponse(part.get_content())
    raise Http404
