"""Redirects: who can edit them, and that they work."""

import pytest
from wagtail.contrib.redirects.models import Redirect

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
