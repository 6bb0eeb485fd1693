"""The version of a case study that readers cite: what counts, and that no older one is served."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision

from casestudies.models import CaseStudyPage, Correction
from casestudies.tests.factories import CaseStudyPageFactory
from portal.jobs import publishing


@pytest.fixture
def page(case_studies):
    """A page that was never published."""
    return CaseStudyPageFactory(parent=case_studies, title="Social value", live=False)


def version(page) -> int:
    return CaseStudyPage.objects.get(pk=page.pk).version


def changed(page, **fields):
    """Save a draft with these fields, and return its revision."""
    draft = CaseStudyPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    return draft.save_revision()


def test_each_publication_counts_and_a_draft_in_between_does_not(page):
    seen = []
    for summary in ("One.", "Two.", "Three."):
        changed(page, summary=summary).publish()
        changed(page, summary=f"{summary} More to come.")
        seen.append(version(page))

    assert seen == [1, 2, 3]


def test_page_that_was_unpublished_and_published_again_has_a_new_version(page):
    page.save_revision().publish()
    CaseStudyPage.objects.get(pk=page.pk).unpublish()

    assert version(page) == 1

    CaseStudyPage.objects.get(pk=page.pk).get_latest_revision().publish()

    assert version(page) == 2


def test_scheduled_publication_counts_when_it_happens(page, monkeypatch):
    page.save_revision().publish()
    now = timezone.now()
    changed(page, summary="From tomorrow.", go_live_at=now + timedelta(days=1)).publish()
    publishing.publish_scheduled()

    assert version(page) == 1

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1, minutes=1))
    publishing.publish_scheduled()

    page = CaseStudyPage.objects.get(pk=page.pk)
    assert (page.version, page.summary) == (2, "From tomorrow.")


def test_old_text_that_is_published_again_is_a_new_version(page):
    first = changed(page, summary="One.")
    first.publish()
    changed(page, summary="Two.").publish()

    Revision.objects.get(pk=first.pk).as_object().save_revision().publish()

    page = CaseStudyPage.objects.get(pk=page.pk)
    assert (page.version, page.summary) == (3, "One.")


@pytest.mark.parametrize(("keep_live", "number"), [(False, 0), (True, 1)])
def test_copy_starts_anew(page, keep_live, number):
    changed(page, summary="One.").publish()
    corrections = [Correction(note="We said one.")]
    confirmed_on = timezone.localdate()
    changed(page, summary="Two.", corrections=corrections, confirmed_on=confirmed_on).publish()
    assert page.corrections.exists()

    copy = CaseStudyPage.objects.get(pk=page.pk).copy(
        update_attrs={"slug": "copy", "title": "Copy"}, keep_live=keep_live
    )

    assert (version(copy), version(page)) == (number, 2)
    assert not copy.specific.corrections.exists()
    assert copy.specific.confirmed_on is None
    copied, kept = copy.specific.results.get(), page.results.get()
    assert copied.public_id != kept.public_id
    changed(copy.specific, summary="Mine.").publish()
    assert version(copy) == number + 1
    assert not CaseStudyPage.objects.get(pk=copy.pk).corrections.exists()


def test_page_says_which_version_it_is_as_text_to_select(client, page):
    changed(page, summary="One.").publish()
    changed(page, summary="Two.").publish()

    html = client.get("/case-studies/social-value/").content.decode()

    day = timezone.localdate()
    assert "“Social value” (Council" in html
    assert f"version 2 of {day.day} {day:%B %Y}" in html


def test_text_that_was_corrected_is_at_no_public_address(client, page):
    wrong = "They saved 99 pounds"
    changed(page, summary=wrong, what_changed=wrong, listing_summary=wrong).publish()
    first = Revision.objects.for_instance(page).earliest("pk")
    assert wrong in client.get("/case-studies/social-value/").content.decode()

    changed(page, summary="Right.", what_changed="Right.", listing_summary="Right.").publish()

    path = "/case-studies/social-value/"
    admin = f"/admin/pages/{page.pk}"
    for address in [
        path,
        f"{path}?version=1",
        f"{path}?revision={first.pk}",
        "/case-studies/",
        "/case-studies/?q=saved",
        "/search/?q=saved+pounds",
        "/api/v1/search?q=saved",
        "/data/case-studies.csv",
        "/data/results.csv",
        "/sitemap.xml",
        f"{path}versions/1/",
        f"{path}1/",
        f"{admin}/revisions/{first.pk}/view/",
        f"{admin}/revisions/compare/earliest...latest/",
    ]:
        answer = client.get(address)
        assert wrong not in answer.content.decode(), address
        if address.startswith(admin) or address.endswith("1/"):
            assert answer.status_code in {302, 404}, address
