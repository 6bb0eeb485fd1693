"""The table of roles, walked with real requests, and what makes it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import GroupPagePermission, Page

from campaign import roles
from campaign.models import Navigation
from campaign.roles import Role
from campaign.tests.factories import (
    ContentPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
    HomePageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
    ResourceIndexPageFactory,
    ResourcePageFactory,
)
from casestudies.tests.factories import CaseStudyIndexPageFactory, CaseStudyPageFactory
from conftest import person
from portal.tests.security.test_doors import give_second_factor

ADMINISTRATOR = "Administrator"
OFFICER = ""  # no role at all
ROLES = [*Role, ADMINISTRATOR, OFFICER]


@pytest.fixture
def desk(as_, db):
    """Return a function: a client of somebody with this role, and the person."""

    def of(role):
        group = role if role in list(Role) else ""
        user = person(f"{role or 'officer'}@kil.example".replace(" ", "-"), group=group)
        user.is_superuser = role == ADMINISTRATOR
        user.save()
        give_second_factor(user)
        return as_(user), user

    return of


@pytest.fixture(scope="module")
def house(shared_rows):
    """Pages made by someone else, and the roles with what the table says.

    Tests of a site that lacks something come first: this stays until the end of the module.
    """
    home = HomePageFactory()
    made = [
        NewsPageFactory(parent=NewsIndexPageFactory(parent=home)),
        EventPageFactory(parent=EventIndexPageFactory(parent=home)),
        ResourcePageFactory(parent=ResourceIndexPageFactory(parent=home)),
        CaseStudyPageFactory(parent=CaseStudyIndexPageFactory(parent=home)),
    ]
    roles.make()
    landing = ContentPageFactory(parent=home, slug="our-campaign", title="Our campaign")
    return {"sections": made, "landing": [landing]}


PAGES_OF = {"News, events, resources, case studies": "sections", "Every other page": "landing"}
FILES_OF = {"Pictures": "wagtailimages", "Documents": "wagtaildocs"}
#: Where each other line is seen, added to and changed in the admin.
ADDRESSES = {
    "Redirects": {
        "view": "wagtailredirects:index",
        "add": "wagtailredirects:add",
    },
    "Links in the header and the footer": {
        "change": ("wagtailsettings:edit", "campaign", "navigation", 1)
    },
    "People shown on pages": {
        "view": "wagtailsnippets_campaign_person:list",
        "add": "wagtailsnippets_campaign_person:add",
    },
    "Newsletters": {
        "view": "wagtailsnippets_campaign_newsletter:list",
        "add": "wagtailsnippets_campaign_newsletter:add",
    },
    "Supporters": {"view": "supporters:index"},
    "Councils people asked to join": {"view": "campaign_staff:council_asks"},
    "Search: words of the sector, “asked as”, pages that come first": {
        "view": "wagtailsnippets_search_sectorwords:list",
        "add": "wagtailsnippets_search_sectorwords:add",
    },
    "What people search for": {"view": "search_questions"},
    "Applications, members, wordings, access requests": {"review": "network_staff:queue"},
    "Councils of the register": {"view": "councils:index"},
    "Councils’ other names and domains, pre-election periods": {
        "view": "pre_election_periods:index",
        "add": "pre_election_periods:add",
    },
    "Emails the site has sent": {"view": "mail:index"},
    "Users, groups, workflows, site settings": {
        "view": "wagtailusers_users:index",
        "add": "wagtailusers_groups:add",
        "change": "wagtailadmin_workflows:index",
    },
}


def may(role, line, verb) -> bool:
    return role == ADMINISTRATOR or (role != OFFICER and verb in line.may.get(role, ()))


def opens(client, address) -> bool:
    """Whether it is shown; a refusal is a redirect or a 403."""
    status = client.get(address).status_code
    assert status in {200, 302, 403}
    return status == 200


def can_with(client, page, verb) -> bool:
    """Whether a client can do something with a page that somebody else made and published."""
    if verb == "add":
        name, on = "add", page.get_parent().pk
        kind = page.content_type
        return opens(
            client, reverse(f"wagtailadmin_pages:{name}", args=[kind.app_label, kind.model, on])
        )
    if verb in {"lock", "unlock"}:
        Page.objects.filter(pk=page.pk).update(locked=verb == "unlock", locked_by=None)
        client.post(reverse(f"wagtailadmin_pages:{verb}", args=[page.pk]))
        done = Page.objects.get(pk=page.pk).locked == (verb == "lock")
        Page.objects.filter(pk=page.pk).update(locked=False, locked_by=None)
        return done
    name = {"change": "edit", "publish": "unpublish"}[verb]
    return opens(client, reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))


def test_authors_have_no_pages_while_there_is_no_list(home):
    roles.make()

    assert not GroupPagePermission.objects.filter(group__name=Role.AUTHOR).exists()


def test_section_that_is_made_later_is_given_later(home, news_index):
    roles.make()
    authors = Group.objects.get(name=Role.AUTHOR)
    held = GroupPagePermission.objects.filter(group=authors).values_list("page", flat=True)
    assert list(held) == [news_index.pk]

    resources = ResourceIndexPageFactory(parent=home)
    roles.make()
    assert resources.pk in held.all()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", list(PAGES_OF))
def test_pages_of_each_section_are_open_to_each_role_as_the_table_says(house, desk, role, what):
    line = next(line for line in roles.LINES if line.what == what)
    pages = house[PAGES_OF[what]]
    client, _ = desk(role)
    for page in pages:
        for verb in roles.PUBLISH:
            assert can_with(client, page, verb) == may(role, line, verb), f"{verb} {page!r}"


@pytest.mark.parametrize("role", ROLES)
def test_files_of_others_are_open_to_each_role_as_the_table_says(desk, house, role):
    client, _ = desk(role)
    image = get_image_model().objects.create(title="A picture", file=get_test_image_file())
    paper = Document.objects.create(title="A paper", file=ContentFile(b"text", name="a.txt"))
    for what, app, file in (
        ("Pictures", "wagtailimages", image),
        ("Documents", "wagtaildocs", paper),
    ):
        line = next(line for line in roles.LINES if line.what == what)
        assert opens(client, reverse(f"{app}:add")) == may(role, line, "add")
        assert opens(client, reverse(f"{app}:edit", args=[file.pk])) == may(role, line, "change")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", list(ADDRESSES))
def test_rest_of_the_admin_is_open_to_each_role_as_the_table_says(desk, house, role, what):
    line = next(line for line in roles.LINES if line.what == what)
    client, _ = desk(role)
    Navigation.objects.create(pk=1)
    for verb, name in ADDRESSES[what].items():
        expected = may(role, line, verb)
        name, *args = [name] if isinstance(name, str) else name
        assert opens(client, reverse(name, args=args)) == expected, f"{verb}: {name}"


def test_every_line_is_walked():
    walked = {*PAGES_OF, *FILES_OF, *ADDRESSES, "Who runs the site"}

    assert {line.what for line in roles.LINES} == walked


@pytest.mark.parametrize("role", ROLES)
def test_who_runs_the_site_is_changed_by_those_of_the_table(desk, house, role):
    line = next(line for line in roles.LINES if line.what == "Who runs the site")
    client, _ = desk(role)

    address = reverse("wagtailsettings:edit", args=["portal", "siteoperator"])
    answer = client.get(address, follow=role != OFFICER)
    is_shown = b"Postal address" in answer.content

    assert is_shown == may(role, line, "change")


def test_author_edits_own_draft_and_cannot_publish_it(desk, house):
    client, author = desk(Role.AUTHOR)
    own = NewsPageFactory(
        parent=house["sections"][0].get_parent().specific, owner=author, live=False
    )

    assert opens(client, reverse("wagtailadmin_pages:edit", args=[own.pk]))
    assert not own.permissions_for_user(author).can_publish()
    assert opens(client, reverse("wagtailadmin_pages:delete", args=[own.pk]))


def test_made_twice_nothing_is_new_and_what_an_administrator_changed_stays(house, db):
    editors = Group.objects.get(name=Role.EDITOR)
    redirect = Permission.objects.get(codename="add_redirect")
    editors.permissions.add(redirect)
    taken = editors.permissions.get(codename="add_sectorwords")
    editors.permissions.remove(taken)
    GroupPagePermission.objects.filter(group=editors, permission__codename="add_page").delete()

    assert roles.make() == 0
    assert redirect in editors.permissions.all()
    assert taken not in editors.permissions.all()
    assert not GroupPagePermission.objects.filter(
        group=editors, permission__codename="add_page"
    ).exists()


def test_docs_show_the_table_of_the_code():
    docs = (Path(settings.BASE_DIR) / "docs" / "editors.md").read_text()

    assert roles.as_markdown() in docs
