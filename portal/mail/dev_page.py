"""Development inbox at /dev/mail/: emails sent on this machine. DEBUG only."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100
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


def _shown(mail: EmailMessage) -> dict[str, str]:
    told = {name.lower(): str(mail[name]) for name in ("To", "Subject", "Date")}
    return told | {"text": text_of(mail)}


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """List every email under var/mail, newest first; 404 outside DEBUG."""
    if not settings.DEBUG:
        raise Http404
    newest = reversed(read_mails(Path(settings.MAIL_DIR), last=SHOWN))
    return render(request, "portal/dev_mail.html", {"mails": [_shown(mail) for mail in newest]})
