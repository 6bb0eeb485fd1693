"""Reserved addresses (DESIGN section 4)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import URLPattern, get_resolver, reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from campaign.addresses import RESERVED, slug_problem
from campaign.models import ContentPage
from campaign.tests.factories import ContentPageFactory

MESSAGE = "already used by another part of the site"
CONTRACT = {
    "councils",
    "join",
    "endorse",
    "my",
    "supporters",
    "multiplier",
    "embed",
    "search",
    "data",
    "accounts",
    "admin",
    "django-admin",
    "healthz",
    "readyz",
    "sitemap.xml",
    "robots.txt",
    "oembed",
    "api",
    "dev",
    "styleguide",
    "static",
    "media",
}


def first_level_names(patterns, prefix=""):
    """Return the first part of every address, those of included lists too."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        first = path.lstrip("^").split("/")[0]
        if first and "<" not in first and "(" not in first:
            yield first
        elif not isinstance(pattern, URLPattern):
            yield from first_level_names(pattern.url_patterns, path)


def test_reserved_covers_contract():
    assert CONTRACT <= RESERVED


def test_reserved_covers_every_view():
    names = set(first_level_names(get_resolver().url_patterns))

    assert {"accounts", "join", "multiplier"} <= names, "the walk finds addresses at all"
    # No slug holds a full stop. These lists are pages with views below them.
    free = {name for name in names if "." not in name and slug_problem(name) == ""}
    assert free == {"case-studies", "events", "news"}


@pytest.mark.parametrize("slug", ["councils", "Join", "MY"])
def test_page_below_home_rejects_reserved_slug(home, slug):
    with pytest.raises(ValidationError, match=MESSAGE):
        ContentPageFactory(parent=home, slug=slug)


def test_page_further_down_accepts_reserved_slug(home):
    about = ContentPageFactory(parent=home, slug="about")

    assert ContentPageFactory(parent=about, slug="join").pk


def post_data(slug, title="A page"):
    return nested_form_data(
        {
            "title": title,
            "slug": slug,
            "intro": "",
            "body": streamfield([("heading", "A heading")]),
            "listing_summary": "",
            "seo_title": "",
            "search_description": "",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "action-publish": "1",
        }
    )


def test_create_page_with_reserved_slug_shows_error(editor_client, home):
    url = reverse("wagtailadmin_pages:add", args=["campaign", "contentpage", home.pk])

    response = editor_client.post(url, post_data("search"))

    assert MESSAGE in response.content.decode()
    assert not ContentPage.objects.exists()


def test_create_page_with_free_slug_saves(editor_client, home):
    url = reverse("wagtailadmin_pages:add", args=["campaign", "contentpage", home.pk])

    response = editor_client.post(url, post_data("about"))

    assert response.status_code == 302
    assert ContentPage.objects.get().slug == "about"


def test_rename_to_reserved_slug_shows_error(editor_client, home):
    page = ContentPageFactory(parent=home, slug="about")

    response = editor_client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), post_data("search")
    )

    assert MESSAGE in response.content.decode()
    page.refresh_from_db()
    assert page.slug == "about"


def test_move_to_reserved_slug_is_refused(editor_client, home):
    about = ContentPageFactory(parent=home, slug="about")
    page = ContentPageFactory(parent=about, slug="search")

    response = editor_client.post(
        reverse("wagtailadmin_pages:move_confirm", args=[page.pk, home.pk]), follow=True
    )

    page.refresh_from_db()
    assert page.get_parent().pk == about.pk
    assert MESSAGE in response.content.decode()


def test_copy_to_reserved_slug_shows_error(editor_client, home):
    page = ContentPageFactory(parent=home, slug="our-campaign")

    response = editor_client.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "Copy", "new_slug": "search", "new_parent_page": home.pk},
    )

    assert MESSAGE in response.content.decode()
    assert ContentPage.objects.count() == 1
