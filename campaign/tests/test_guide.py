"""The editors' guide in the admin: docs/editors.md, with its pictures."""

import re

import pytest
from bs4 import BeautifulSoup

from campaign.roles import Role
from campaign.views import guide
from conftest import person
from portal.tests.security.test_doors import give_second_factor


@pytest.fixture
def desk(as_, db):
    author = person("ann@kil.example", group=Role.EDITOR)
    give_second_factor(author)
    return as_(author)


def test_guide_is_first_in_the_help_menu_and_wagtails_own_links_are_gone(desk, home):
    first_page = desk.get("/admin/").content.decode()

    assert "/admin/guide/" in first_page
    assert "guide.wagtail.org" not in first_page


def test_guide_shows_each_part_table_and_picture(desk, home):
    html = BeautifulSoup(desk.get("/admin/guide/").content, "html.parser").select_one(".kil-guide")

    ids = [link["href"][1:] for link in html.select("nav a")]
    assert ids == [heading["id"] for heading in html.select("h2")]
    assert {"who-can-do-what", "publishing", "the-blocks-of-a-page"} <= set(ids)
    assert "Publisher" in [cell.get_text() for cell in html.select("table th")]
    for picture in html.select("img"):
        assert picture["alt"]
        answer = desk.get(picture["src"])
        assert answer["Content-Type"] == "image/webp"
        assert next(iter(answer))


def test_pictures_of_the_guide_exist_and_are_small():
    named = set(
        re.findall(r"\]\(pictures/([\w-]+)\.webp\)", (guide.DOCS / "editors.md").read_text())
    )
    held = {path.stem: path.stat().st_size for path in guide.PICTURES.glob("*.webp")}

    assert named == set(held), "`make pictures` makes them"
    assert sum(held.values()) < 700_000


def test_no_other_file_is_served(desk, home):
    assert desk.get("/admin/guide/pictures/home.webp").status_code == 404
    assert desk.get("/admin/guide/pictures/..%2Feditors.webp/").status_code == 404


def test_guide_is_for_staff_alone(client, as_, officer, home):
    assert client.get("/admin/guide/").status_code == 302
    assert as_(officer).get("/admin/guide/").status_code in {302, 403}
