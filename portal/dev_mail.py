"""/dev/mail/: what was sent on this machine. DEBUG only."""

import email
import email.policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100


def _messages() -> list[dict[str, str]]:
    """The newest mails first: when, to, subject and text."""
    files = sorted(Path(settings.MAIL_DIR).glob("*.log"), key=lambda path: path.stat().st_mtime)
    found = []
    for path in reversed(files[-SHOWN:]):
        parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = parsed.get_body(("plain",))
        found.append(
            {
                "to": str(parsed["To"]),
                "subject": str(parsed["Subject"]),
                "date": str(parsed["Date"]),
                "text": body.get_content() if body else "",
            }
        )
    return found


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """Every mail under var/mail, newest first; 404 outside DEBUG."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "portal/dev_mail.html", {"mails": _messages()})
