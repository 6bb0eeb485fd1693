"""Every mail that we send: one subject, text and HTML that say the same, one link to act by."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.template import engines
from django.urls import resolve

from portal.mail import outbox
from portal.models import OutboxMessage
from portal.tests.security.test_doors import give_second_factor

KINDS = outbox.kinds()
ACTION = re.compile(rf"{re.escape(settings.SITE_URL)}(/\S*)")


@pytest.fixture
def fault(monkeypatch):
    """What stands in a mail for a variable that its sample does not have."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "NOT-THERE")
    return "NOT-THERE"


def test_every_kind_of_mail_has_a_sample_in_words():
    samples = [outbox.sample_of(kind) for kind in KINDS]
    assert None not in samples
    words = [sample.words for sample in samples if sample]
    assert len(set(words)) == len(words)
    assert all(sample.to for sample in samples if sample)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_one_link_to_act_by_and_says_the_same_in_both_forms(
    kind, fault, django_assert_num_queries
):
    letter = outbox.sample_of(kind).letter()
    with django_assert_num_queries(1):  # who runs the site: the rest is invented
        subject, text = outbox.render(letter)
    assert 0 < len(subject) < 120
    for bad in (fault, "{{", "{%", "None", "<b>"):
        assert bad not in subject + text, bad

    alone = [ACTION.fullmatch(part.strip()) for part in text.split("\n\n")]
    (action,) = [found.group(1) for found in alone if found]
    assert resolve(action)

    html = outbox.as_html(subject, text)
    assert html.count('class="button"') == 1
    said = unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n")))
    assert all(line.strip() in said for line in text.split("\n"))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_staff_see_each_in_the_catalogue(as_, manager, kind):
    give_second_factor(manager)
    browser = as_(manager)
    sample = outbox.sample_of(kind)
    assert sample.words in browser.get("/admin/mail/catalogue/").content.decode()
    page = browser.get(f"/admin/mail/catalogue/{kind}/")
    assert page.status_code == 200
    assert f'src="/admin/mail/catalogue/{kind}/html/"' in page.content.decode()
    framed = browser.get(f"/admin/mail/catalogue/{kind}/html/")
    assert framed.status_code == 200
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_nobody_else_sees_the_catalogue(as_, editor, officer, client):
    give_second_factor(editor)
    for end in ("", f"{KINDS[0]}/", f"{KINDS[0]}/html/"):
        address = f"/admin/mail/catalogue/{end}"
        for browser in (as_(editor), as_(officer), client):
            assert browser.get(address).status_code in {302, 403}


@pytest.mark.django_db
def test_a_kind_that_nobody_sends_is_a_404(as_, manager):
    give_second_factor(manager)
    assert as_(manager).get("/admin/mail/catalogue/network.nothing/").status_code == 404
    assert as_(manager).get("/admin/mail/catalogue/\0/").status_code == 404


def test_a_sample_holds_no_token_of_a_real_link(monkeypatch):
    from portal import links  # noqa: PLC0415

    def forbidden(*args, **kwargs):
        raise AssertionError("a real token was made for a sample")

    monkeypatch.setattr(links, "make", forbidden)
    for kind in KINDS:
        assert outbox.sample_of(kind).letter()
