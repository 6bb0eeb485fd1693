"""Redirects: who can edit them, and that they work."""

import pytest
from django.core.files.base import ContentFile
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.rich_text import RichText

from campaign.tests.factories import ContentPageFactory
from portal.tests.security.test_doors import give_second_factor


@pytest.fixture
def desk(as_):
    def of(user):
        give_second_factor(user)
        return as_(user)

    return of


def test_editor_adds_changes_and_deletes_redirect(desk, editor, home, client):
    page = ContentPageFactory(parent=home, slug="our-campaign")
    staff = desk(editor)
    assert "/admin/redirects/" in staff.get("/admin/").content.decode(), "it is in the menu"

    typed = {"old_path": "/old/", "site": "", "is_permanent": "on", "redirect_page": page.pk}
    assert staff.post("/admin/redirects/add/", typed).status_code == 302
    answer = client.get("/old/?from=x")
    assert (answer.status_code, answer["Location"]) == (301, page.get_url())

    pk = Redirect.objects.get().pk
    typed |= {"is_permanent": ""}
    assert staff.post(f"/admin/redirects/{pk}/", typed).status_code == 302
    assert client.get("/old/").status_code == 302

    assert staff.post(f"/admin/redirects/{pk}/delete/").status_code == 302
    assert client.get("/old/").status_code == 404


def test_manager_edits_no_redirects(desk, manager):
    answer = desk(manager).post("/admin/redirects/add/", {"old_path": "/old/"})

    assert answer.status_code == 302
    assert not Redirect.objects.exists()


def redirected(client, path):
    answer = client.get(path)
    assert answer.status_code == 301, f"{path}: {answer.status_code}"
    return answer["Location"]


def test_renamed_page_and_those_below_it_are_still_found(
    client, home, django_capture_on_commit_callbacks
):
    page = ContentPageFactory(parent=home, slug="our-campaign", title="Our campaign")
    ContentPageFactory(parent=page, slug="law", title="Law")
    with django_capture_on_commit_callbacks(execute=True):
        page.slug = "our-work"
        page.save_revision().publish()

    assert redirected(client, "/our-campaign/").endswith("/our-work/")
    assert redirected(client, "/our-campaign/law/").endswith("/our-work/law/")


def test_moved_page_is_still_found(desk, editor, client, home, django_capture_on_commit_callbacks):
    page = ContentPageFactory(parent=home, slug="our-campaign", title="Our campaign")
    there = ContentPageFactory(parent=home, slug="there", title="There")
    address = f"/admin/pages/{page.pk}/move/{there.pk}/confirm/"
    with django_capture_on_commit_callbacks(execute=True):
        assert desk(editor).post(address).status_code == 302

    assert client.get("/there/our-campaign/").status_code == 200
    assert redirected(client, "/our-campaign/").endswith("/there/our-campaign/")


def test_where_a_picture_and_a_document_are_used_is_shown(desk, editor, home):
    picture = get_image_model().objects.create(title="A table", file=get_test_image_file())
    paper = Document.objects.create(title="A paper", file=ContentFile(b"x", name="a.txt"))
    page = ContentPageFactory(parent=home, slug="our-campaign", title="Our campaign")
    link = f'<p><a linktype="document" id="{paper.pk}">The paper</a></p>'
    page.body = [("image", picture), ("paragraph", RichText(link))]
    page.save_revision().publish()
    staff = desk(editor)

    for address in (f"/admin/images/usage/{picture.pk}/", f"/admin/documents/usage/{paper.pk}/"):
        shown = staff.get(address).content.decode()
        assert f"/admin/pages/{page.pk}/edit/" in shown, address
    assert "1 time" in staff.get(f"/admin/images/{picture.pk}/").content.decode()
