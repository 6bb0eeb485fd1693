"""The page of mails that were sent on this machine."""

import re
from html import unescape

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend

pytestmark = pytest.mark.django_db


def send(folder, monkeypatch, *people):
    """One mail to each, by connections that happen to choose the same name of a file."""
    monkeypatch.setattr(EmailBackend, "_get_filename", lambda self: str(folder / "one.log"))
    for person in people:
        mail = EmailMultiAlternatives("Hello", f"Dear {person}", to=[f"{person}@leeming.gov.uk"])
        mail.attach_alternative(f"<p>Dear {person}</p>", "text/html")
        EmailBackend(file_path=str(folder)).send_messages([mail])


def test_each_mail_is_shown_even_of_two_in_one_file(client, settings, tmp_path, monkeypatch):
    settings.DEBUG, settings.MAIL_DIR = True, tmp_path
    send(tmp_path, monkeypatch, "leader", "chief")
    text = client.get("/dev/mail/").content.decode()
    assert text.index("Dear chief") < text.index("Dear leader"), "the newest first"


def test_mail_is_shown_as_mail_program_does(client, settings, tmp_path):
    settings.DEBUG, settings.MAIL_DIR = True, tmp_path
    mail = EmailMultiAlternatives(
        "Please endorse",
        "Dear leader",
        "Keep it Local <noreply@site.example>",
        ["leader@leeming.gov.uk"],
        cc=["clerk@leeming.gov.uk"],
        reply_to=["olive@leeming.gov.uk"],
        headers={"Message-ID": "<7@site.example>"},
    )
    mail.attach_alternative("<style>p {}</style><p>Dear HTML</p>", "text/html")
    mail.attach("report.pdf", b"%PDF", "application/pdf")
    EmailBackend(file_path=str(tmp_path)).send_messages([mail])

    text = unescape(client.get("/dev/mail/").content.decode())
    for shown in ["Keep it Local <noreply@site.example>", "leader@leeming.gov.uk"]:
        assert f"<dd>{shown}</dd>" in text
    for name, shown in [("Cc", "clerk"), ("Reply-To", "olive")]:
        assert f"<dt>{name}</dt><dd>{shown}@leeming.gov.uk</dd>" in text
    assert "<dd>report.pdf</dd>" in text
    (address,) = re.findall(r'href="(/dev/mail/[^"]+)"', text)
    framed = client.get(address)
    assert "Dear HTML" in framed.content.decode()
    assert "style-src-elem 'unsafe-inline'" in framed["Content-Security-Policy"]
    assert client.get("/dev/mail/8@site.example/").status_code == 404


def test_nobody_reads_mails_where_the_site_is_public(client, settings):
    settings.DEBUG = False
    assert client.get("/dev/mail/").status_code == 404
    assert client.get("/dev/mail/7@site.example/").status_code == 404
