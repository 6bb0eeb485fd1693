"""Pages that nobody can delete, unpublish, move, copy or rename by accident."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from campaign.addresses import LINKED
from campaign.models import ContentPage
from campaign.navigation import FOOTER, first_part, is_answered
from campaign.tests.factories import (
    ContentPageFactory,
    GlossaryPageFactory,
    ResourceIndexPageFactory,
)
from portal.tests.security.test_doors import give_second_factor
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

INDEXES = {"principles", "case-studies", "news", "events", "resources", "glossary"}
FIXED = ["home", "principle", *sorted(INDEXES), *sorted(LINKED)]
ACTIONS = ["delete", "unpublish", "move", "copy"]


@pytest.fixture
def tree(home, case_study_index, news_index, event_index):
    """One page of each kind by name, and `free` ones that editors can do anything with."""
    index = PrincipleIndexPageFactory(parent=home)
    found = {slug: ContentPageFactory(parent=home, slug=slug, title=slug) for slug in LINKED}
    found["free"] = ContentPageFactory(parent=home, slug="our-campaign", title="Our campaign")
    below = ContentPageFactory(parent=found["free"], slug="privacy", title="Below")
    principle = PrinciplePageFactory(parent=index, number=3)
    found |= {"home": home, "principles": index, "principle": principle}
    found |= {"news": news_index, "events": event_index}
    found["resources"] = ResourceIndexPageFactory(parent=home)
    found["glossary"] = GlossaryPageFactory(parent=home)
    return found | {"case-studies": case_study_index, "free-below": below}


@pytest.fixture
def staff(as_, editor):
    give_second_factor(editor)
    return as_(editor)


@pytest.fixture
def superuser(admin_client, admin_user):
    give_second_factor(admin_user)
    return admin_client


def whole_tree():
    return list(Page.objects.order_by("path").values_list("path", "slug", "live", "url_path"))


def post_action(client, action: str, page: Page):
    """Do what the page's menu would do, with every confirmation given."""
    if action == "move":
        address = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, free().pk])
        return client.post(address)
    typed = {"wagtail_site_name": settings.WAGTAIL_SITE_NAME, "include_descendants": "on"}
    if action == "copy":
        parent = page.get_parent()
        typed = {"new_title": "A copy", "new_slug": "a-copy", "new_parent_page": parent.pk}
    return client.post(reverse(f"wagtailadmin_pages:{action}", args=[page.pk]), typed)


def free() -> ContentPage:
    return ContentPage.objects.get(slug="our-campaign")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", FIXED)
def test_action_on_fixed_page_changes_nothing(tree, staff, name, action):
    before = whole_tree()

    response = post_action(staff, action, tree[name])

    assert response.status_code == 302
    assert whole_tree() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_action_on_fixed_page_is_refused_to_superusers_too(tree, superuser, action):
    before = whole_tree()

    post_action(superuser, action, tree["privacy"])

    assert whole_tree() == before


@pytest.mark.parametrize("action", ["delete", "unpublish", "copy"])
def test_action_on_free_page_works(tree, staff, action):
    before = whole_tree()

    post_action(staff, action, tree["free-below"])

    assert whole_tree() != before


def test_page_below_first_level_is_free_whatever_its_slug(tree, staff):
    post_action(staff, "delete", tree["free-below"])

    assert not Page.objects.filter(pk=tree["free-below"].pk).exists()


@pytest.mark.parametrize("action", ["delete", "unpublish", "move"])
def test_bulk_action_leaves_fixed_pages_and_says_why(tree, staff, action):
    pages = [tree[name] for name in FIXED]
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    address += "?" + "&".join(f"id={page.pk}" for page in pages)
    before = whole_tree()

    shown = staff.get(address).content.decode()
    typed = {"wagtail_site_name": settings.WAGTAIL_SITE_NAME, "include_descendants": "on"}
    staff.post(address, {**typed, "chooser": free().pk})

    assert whole_tree() == before
    for page in pages:
        assert page.specific.fixed_because in shown


def test_bulk_unpublish_of_free_page_works(tree, staff):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])

    staff.post(f"{address}?id={tree['free'].pk}&id={tree['privacy'].pk}")

    live = Page.objects.filter(live=True)
    assert not live.filter(pk=tree["free"].pk).exists()
    assert live.filter(pk=tree["privacy"].pk).exists()


@pytest.mark.parametrize("name", [name for name in FIXED if name != "home"])
def test_fixed_page_keeps_slug(tree, name):
    page = tree[name]
    page.slug = "renamed"

    with pytest.raises(ValidationError, match="address is fixed"):
        page.save()


@pytest.mark.parametrize("name", FIXED)
def test_fixed_page_cannot_expire(tree, name):
    page = tree[name]
    page.expire_at = timezone.now()

    with pytest.raises(ValidationError, match="cannot expire"):
        page.save()


def test_free_page_can_be_renamed_and_expire(tree):
    page = tree["free"]
    page.slug, page.expire_at = "renamed", timezone.now()
    page.save()


def test_editing_form_says_what_is_fixed_and_why(tree, staff):
    fixed = staff.get(reverse("wagtailadmin_pages:edit", args=[tree["principle"].pk]))
    loose = staff.get(reverse("wagtailadmin_pages:edit", args=[tree["free"].pk]))

    notice = "You cannot delete, unpublish, move or copy it"
    assert notice in fixed.content.decode()
    assert notice not in loose.content.decode()


def test_fixed_pages_can_still_change_places(tree, staff):
    address = reverse("wagtailadmin_pages:set_page_position", args=[tree["contact"].pk])

    assert staff.post(f"{address}?position=0").status_code == 200


def test_pages_that_the_footer_comes_with_are_fixed():
    links = [address for _, links in FOOTER for _, address in links]
    pages = {first_part(address) for address in links if not is_answered(address)}

    # The link to a page that editors may take down goes with it.
    assert pages - {"journalists"} == LINKED | INDEXES
