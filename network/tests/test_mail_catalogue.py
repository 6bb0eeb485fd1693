"""Catalogue of emails: one subject, equal text and HTML, one link to act on."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.db.models import Model
from django.template import engines
from django.urls import resolve

from network.emails.sign_ups import MANAGERS, URGENT
from portal.accounts import CODE_MAILS
from portal.mail import outbox
from portal.mail.declarations import Row
from portal.models import OutboxMessage, SiteOperator
from portal.tests.security.test_doors import give_second_factor

KINDS = outbox.kinds()
STAFF = {
    MANAGERS.words,
    "The manager who invited them",
    "The manager who asked the trustee",
    "The manager who has the review now",
    "Each network manager who is not away, if there is something to say",
}
CODES = {mail.kind: mail.title for mail in CODE_MAILS}
BUTTON = re.compile(rf'class="button" href="{re.escape(settings.SITE_URL)}(/[^"]*)"')


@pytest.fixture
def fault(monkeypatch):
    """Text in an email for a variable that its sample lacks."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "NOT-THERE")
    return "NOT-THERE"


def test_mail_has_a_title_of_its_own_and_names_its_recipients():
    titles = [outbox.declared(kind).title for kind in KINDS]
    assert len(set(titles)) == len(titles) == 104
    assert all(titles)
    assert all(outbox.declared(kind).to.words for kind in KINDS)


def test_only_urgent_mails_and_the_digest_go_to_every_manager():
    to_managers = {kind for kind in KINDS if "network manager" in outbox.declared(kind).to.words}
    without_a_lead = {
        f"network.again_{what}"  # to managers only where no one leads for the member
        for what in ("bounced", "refused", "reminder", "signed", "struck_out")
    } | {"network.check_in_reminder"}
    assert to_managers == URGENT | without_a_lead | {"network.digest"}


def test_templates_and_mails_name_each_other():
    folder = settings.BASE_DIR / "templates" / "emails"
    written = {path.stem for path in folder.glob("*.txt")} - {"footer"}
    assert written == {(mail := outbox.declared(kind)).template or mail.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_sample_rows_are_of_the_declared_models_and_never_saved(kind):
    mail = outbox.declared(kind)
    sample = mail.sample()
    rows = {name: each for name, each in mail.about.items() if isinstance(each, Row)}
    assert rows
    for name, each in rows.items():
        assert type(sample[name]) is each.found_in.model
    parts = [*sample.values()]
    parts += [each for part in parts if isinstance(part, list) for each in part]
    models = [part for part in parts if isinstance(part, Model)]
    for row in models:
        assert row._state.adding
        models += [each for each in row._state.fields_cache.values() if each not in models]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_one_link_to_act_by_and_says_the_same_in_both_forms(
    kind, fault, django_assert_num_queries
):
    mail = outbox.declared(kind)
    with django_assert_num_queries(1):  # who runs the site: the rest is invented
        subject, text = mail.render(mail.sample())
    assert 0 < len(subject) < 120
    for bad in (fault, "{{", "{%", "None", "<b>"):
        assert bad not in (subject + text).replace("None of this", ""), bad

    html = mail.as_html(mail.sample(), subject, text)
    said = unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n")))
    if mail.html_template:  # has many links, each on its words, and no button
        said += "".join(re.findall(r'href="([^"]*)"', html))
    else:
        (action,) = BUTTON.findall(html)
        assert resolve(unescape(action))
        assert "Open the page" not in html  # the button says what it does
    assert all(line.strip().removesuffix(":") in said for line in text.split("\n") if line != "-- ")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_mail_names_the_council_in_its_subject_and_is_signed(kind):
    mail = outbox.declared(kind)
    about = mail.sample()
    subject, text = mail.render(about)
    if kind.startswith("network.") and not {"merge", "panels", "erasure"} & {
        *about
    }:  # of no council
        assert "Sampleford" in subject
    assert text.split("\n").count("The Keep it Local Network team") == 1
    assert ("because you are a network manager." in text) == (mail.to.words in STAFF)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_replies_go_to_the_person_whom_a_mail_says_to_contact(kind):
    mail = outbox.declared(kind)
    about = mail.sample()
    named = re.findall(r"^Any questions\? Contact .*?(\S+@\S+)$", mail.render(about)[1], re.M)
    assert mail.reply_to(**about) in named or not named


@pytest.mark.django_db
def test_mail_gives_the_operators_contact_once_it_is_set():
    mail = outbox.declared("network.invitation_accepted")
    assert "Contact us: " in mail.render(mail.sample())[1]
    SiteOperator(name="The operator", email="hello@operator.example").save()
    text = mail.render(mail.sample())[1]
    assert "Any questions? Email hello@operator.example.\n\nThe Keep it Local Network team" in text
    assert text.endswith("Run by The operator, hello@operator.example.\n")


@pytest.mark.django_db
def test_catalogue_has_the_title_of_each(as_, manager):
    give_second_factor(manager)
    page = as_(manager).get("/admin/mail/catalogue/").content.decode()
    for kind in KINDS:
        assert outbox.declared(kind).title in page
    for title in CODES.values():
        assert title in page


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS + list(CODES))
def test_staff_see_each_in_the_catalogue(as_, manager, kind):
    give_second_factor(manager)
    browser = as_(manager)
    page = browser.get(f"/admin/mail/catalogue/{kind}/")
    assert page.status_code == 200
    assert unescape(page.content.decode()).count(settings.DEFAULT_FROM_EMAIL) == 1
    assert f'src="/admin/mail/catalogue/{kind}/html/"' in page.content.decode()
    framed = browser.get(f"/admin/mail/catalogue/{kind}/html/")
    assert framed.status_code == 200
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_every_email_of_allauth_that_has_a_template_is_in_the_catalogue(as_, manager):
    folder = settings.BASE_DIR / "templates" / "account" / "email"
    written = {path.stem.removesuffix("_message") for path in folder.glob("*_message.txt")}
    assert written - {"base"} == {mail.name for mail in CODE_MAILS}

    give_second_factor(manager)
    for kind in CODES:
        page = as_(manager).get(f"/admin/mail/catalogue/{kind}/html/").content.decode()
        assert '<span class="code">012345</span>' in page
        assert "The Keep it Local Network team" in page


@pytest.mark.django_db
def test_catalogue_says_who_gets_replies(as_, manager):
    give_second_factor(manager)
    page = as_(manager).get("/admin/mail/catalogue/network.endorsement_request/")
    mail = outbox.declared("network.endorsement_request")
    assert f"<dd>{mail.reply_to(**mail.sample())}</dd>" in page.content.decode()


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


@pytest.mark.django_db
def test_a_sample_holds_no_token_of_a_real_link(monkeypatch):
    from portal import links  # noqa: PLC0415

    def forbidden(*args, **kwargs):
        raise AssertionError("a real token was made for a sample")

    monkeypatch.setattr(links, "make", forbidden)
    for kind in KINDS:
        mail = outbox.declared(kind)
        assert mail.render(mail.sample())
