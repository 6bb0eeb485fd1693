"""Former case studies: what readers find where one is no longer published."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from casestudies.actions import former
from casestudies.models import CaseStudyPage, FormerCaseStudy
from casestudies.tests.factories import CaseStudyPageFactory
from conftest import person
from network.models import Refused
from portal.tests.security.test_doors import give_second_factor

HERE = "/case-studies/keys/"
GONE = "This case study is no longer published"


@pytest.fixture
def page(case_studies, council) -> CaseStudyPage:
    """Leeming's case study, published."""
    made = CaseStudyPageFactory(
        parent=case_studies, council=council, title="Leeming: keys", slug="keys", live=False
    )
    made.save_revision().publish()
    return CaseStudyPage.objects.get(pk=made.pk)


def unpublished(page) -> FormerCaseStudy:
    CaseStudyPage.objects.get(pk=page.pk).unpublish()
    return FormerCaseStudy.objects.get(slug=page.slug)


def test_unpublished_case_study_says_so_at_its_address_at_once(page, client):
    assert client.get(HERE).status_code == 200
    unpublished(page)
    shown = client.get(HERE)
    text = shown.content.decode()
    assert (shown.status_code, shown["X-Robots-Tag"]) == (410, "noindex")
    assert GONE in text and f"{timezone.localdate():%B %Y}" in text
    assert "keys" not in text.split("<main")[1] and "Leeming" not in text
    assert client.head(HERE).status_code == 410
    assert shown["Cache-Control"] == "no-cache"


def test_lists_feeds_search_and_sitemap_leave_it_out(page, client):
    unpublished(page)
    for address in [
        "/case-studies/",
        "/case-studies/feed/",
        "/data/case-studies.json",
        "/sitemap.xml",
        "/councils/leeming/",
        "/search/?q=keys",
        "/api/v1/case-studies",
    ]:
        assert "Leeming: keys" not in client.get(address).content.decode(), address


def test_reason_shows_the_title_and_the_council_too(page, client, editor):
    former.explain(unpublished(page), by=editor, why="The figures were wrong.")
    text = client.get(HERE).content.decode()
    assert "The figures were wrong." in text and "Leeming: keys" in text
    assert "/councils/leeming/" in text
    former.explain(FormerCaseStudy.objects.get(), by=editor, why="")
    assert "Leeming" not in client.get(HERE).content.decode()


def test_case_study_that_is_published_again_is_there_and_its_notice_is_not(page, client, editor):
    notice = unpublished(page)
    CaseStudyPage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert client.get(HERE).status_code == 200
    assert not FormerCaseStudy.objects.exists()
    with pytest.raises(Refused):
        former.explain(notice, by=editor, why="x")


def test_case_study_published_again_elsewhere_is_found_from_its_old_address(page, client):
    unpublished(page)
    draft = CaseStudyPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.slug = "lending-keys"
    draft.save_revision().publish()
    assert client.get(HERE)["Location"] == "/case-studies/lending-keys/"


def test_deleted_case_study_leaves_its_notice_at_every_address_it_had(page, client):
    old = Redirect.normalise_path("/case-studies/old-keys/")
    Redirect.objects.create(old_path=old, redirect_page=page)
    Redirect.objects.create(old_path=Redirect.normalise_path("/elsewhere/"), redirect_page=page)
    CaseStudyPage.objects.get(pk=page.pk).delete()
    for address in (HERE, "/case-studies/old-keys/"):
        assert client.get(address).status_code == 410
    assert FormerCaseStudy.objects.count() == 2
    assert not FormerCaseStudy.objects.exclude(page=None).exists()


def test_case_study_that_was_unpublished_and_then_deleted_keeps_its_day_and_reason(page, editor):
    notice = unpublished(page)
    FormerCaseStudy.objects.update(since="2026-01-05", why="It ended.")
    CaseStudyPage.objects.get(pk=page.pk).delete()
    notice.refresh_from_db()
    assert (notice.why, notice.since.isoformat(), notice.page) == ("It ended.", "2026-01-05", None)


def test_editors_redirect_goes_before_the_notice(page, client):
    unpublished(page)
    Redirect.objects.create(old_path=Redirect.normalise_path(HERE), redirect_link="/about/")
    assert client.get(HERE)["Location"] == "/about/"


def test_case_study_that_was_never_public_is_not_found(case_studies, client):
    draft = CaseStudyPageFactory(parent=case_studies, slug="draft", live=False)
    assert client.get("/case-studies/draft/").status_code == 404
    draft.delete()
    assert client.get("/case-studies/draft/").status_code == 404
    assert client.get("/case-studies/keys/below/").status_code == 404
    assert not FormerCaseStudy.objects.exists()


def test_case_study_that_only_some_could_read_leaves_no_notice(page, client):
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    CaseStudyPage.objects.get(pk=page.pk).unpublish()
    assert client.get(HERE).status_code == 404
    assert not FormerCaseStudy.objects.exists()


def test_new_case_study_takes_the_address_of_a_deleted_one(page, case_studies, client):
    CaseStudyPage.objects.get(pk=page.pk).delete()
    CaseStudyPageFactory(parent=case_studies, slug="keys", live=False).save_revision().publish()
    assert client.get(HERE).status_code == 200
    assert not FormerCaseStudy.objects.exists()


def test_only_publishers_say_why(page, stranger, officer, manager):
    notice = unpublished(page)
    ed = person("ed@network.example", group="Editors")
    for by in (stranger, officer, manager, ed):
        with pytest.raises(PermissionDenied):
            former.explain(notice, by=by, why="x")


def test_publisher_is_told_what_readers_find_and_says_why(page, editor, as_, client):
    give_second_factor(editor)
    staff = as_(editor)
    done = staff.post(f"/admin/pages/{page.pk}/unpublish/", follow=True).content.decode()
    notice = FormerCaseStudy.objects.get()
    at = f"/admin/still-true/former/{notice.pk}/"
    assert "Tell them why" in done and at in done
    assert "Leeming: keys" in staff.get("/admin/still-true/former/").content.decode()
    wrong = staff.post(at, {"why": "x" * 301}).content.decode()
    assert "There is a problem" in wrong and "x" * 301 in wrong
    staff.post(at, {"why": "It ended in 2026."})
    assert "It ended in 2026." in client.get(HERE).content.decode()
    assert staff.get("/admin/still-true/former/999/").status_code == 404


def test_unpublishing_another_page_says_nothing_of_case_studies(editor, as_, case_studies):
    content = ContentType.objects.get(app_label="campaign", model="contentpage").model_class()
    made = case_studies.get_parent().add_child(instance=content(title="About us", slug="about-us"))
    give_second_factor(editor)
    done = as_(editor).post(f"/admin/pages/{made.pk}/unpublish/", follow=True).content.decode()
    assert "Tell them why" not in done
