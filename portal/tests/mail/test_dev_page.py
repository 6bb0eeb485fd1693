"""The page of mails that were sent on this machine."""

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


def test_nobody_reads_mails_where_the_site_is_public(client, settings):
    settings.DEBUG = False
    assert client.get("/dev/mail/").status_code == 404
