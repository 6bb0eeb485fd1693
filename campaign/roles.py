"""What each role of staff can do in the admin: one table, which `make` turns into permissions.

An administrator is Wagtail's own: a user with the box “Administrator” selected, who can do all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from portal import seeding
from portal.models import Seeded


class Role(models.TextChoices):
    """A role by the name of its group, and as we say it."""

    AUTHOR = "Authors", "Author"
    EDITOR = "Editors", "Editor"
    PUBLISHER = "Publishers", "Publisher"
    MANAGER = "Network managers", "Network manager"


#: The verbs of permissions as we say them.
WORDS = {
    "add": "add",
    "change": "edit",
    "publish": "publish",
    "lock": "lock",
    "delete": "delete",
    "view": "see",
    "review": "review and decide",
    "send": "send",
}
SILENT = {"unlock", "choose"}  # go with "lock" and "add"
ALL = ("view", "add", "change", "delete")
EDIT = ("add", "change")
WRITE = ("view", "add", "change")
PUBLISH = (*EDIT, "publish", "lock", "unlock")
FILES = ("add", "change", "choose")


@dataclass(frozen=True)
class Line:
    """One line of the table: some part of the admin, and what each role can do there.

    Attributes:
        what: In words.
        may: The verbs of each role. A role that is not named can do nothing there.
        models: The models, as "app.model". Of pages: the types of the lists that hold them, or
            none for every page.
        kind: How Wagtail grants it.
    """

    what: str
    may: dict[Role, tuple[str, ...]]
    models: tuple[str, ...] = ()
    kind: str = "model"

    def words_for(self, role: Role) -> str:
        """Return what a role can do, as docs/editors.md says it."""
        verbs = self.may.get(role, ())
        said = [WORDS[verb] for verb in verbs if verb not in SILENT]
        if "add" in verbs and "change" not in verbs:
            said.append("edit their own")
        return ", ".join(said) or "–"


STAFF = (Role.EDITOR, Role.PUBLISHER, Role.MANAGER)
LINES = (
    Line(
        "News, events, resources, case studies",
        {Role.AUTHOR: ("add",), Role.EDITOR: EDIT, Role.PUBLISHER: PUBLISH},
        (
            "campaign.newsindexpage",
            "campaign.eventindexpage",
            "campaign.resourceindexpage",
            "casestudies.casestudyindexpage",
        ),
        "page",
    ),
    Line("Every other page", {Role.EDITOR: EDIT, Role.PUBLISHER: PUBLISH}, kind="page"),
    Line(
        "Pictures",
        {Role.AUTHOR: ("add", "choose"), Role.EDITOR: FILES, Role.PUBLISHER: FILES},
        ("wagtailimages.image",),
        "file",
    ),
    Line(
        "Documents",
        {Role.AUTHOR: ("add", "choose"), Role.EDITOR: FILES, Role.PUBLISHER: FILES},
        ("wagtaildocs.document",),
        "file",
    ),
    Line("Redirects", {Role.PUBLISHER: ALL}, ("wagtailredirects.redirect",)),
    Line(
        "Links in the header and the footer",
        {Role.PUBLISHER: ("change",)},
        ("campaign.navigation",),
    ),
    Line("People shown on pages", dict.fromkeys(STAFF[:2], ALL), ("campaign.person",)),
    Line(
        "Newsletters",
        {Role.EDITOR: WRITE, Role.PUBLISHER: WRITE, Role.MANAGER: (*ALL, "send")},
        ("campaign.newsletter",),
    ),
    Line("Supporters", {Role.MANAGER: ("view", "delete")}, ("campaign.supporter",)),
    Line("Councils people asked to join", {Role.MANAGER: ("view",)}, ("campaign.councilask",)),
    Line(
        "Search: words of the sector, “asked as”, pages that come first",
        dict.fromkeys(STAFF, ALL),
        ("search.sectorwords", "search.askedas", "search.promotedresult"),
    ),
    Line("What people search for", dict.fromkeys(STAFF, ("view",)), ("search.questioncount",)),
    Line(
        "Applications, members, wordings, access requests",
        {Role.MANAGER: ("review",)},
        ("network.signup",),
    ),
    Line("Councils of the register", {Role.MANAGER: ("view",)}, ("councils.council",)),
    Line(
        "Councils’ other names and domains, pre-election periods",
        {Role.MANAGER: ALL},
        ("councils.councilalias", "councils.councildomain", "network.preelectionperiod"),
    ),
    Line("Emails the site has sent", {Role.MANAGER: ("view",)}, ("portal.outboxmessage",)),
    Line("Who runs the site", {Role.MANAGER: ("change",)}, ("portal.siteoperator",)),
    Line("Users, groups, workflows, site settings", {}),
)


@transaction.atomic
def make() -> int:
    """Give each role what the table says, and return how many permissions are new.

    Each is given once. What an administrator gave or took away since then stays so.
    """
    given = set(Seeded.objects.filter(key__startswith="roles/").values_list("key", flat=True))
    new = 0
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        for key, give in _grants(group, role):
            if key not in given:
                new += seeding.once(key, give)
    return new


def _grants(group: Group, role: Role) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the key of each permission of a role, and what gives it."""
    entry = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    yield f"roles/{group.name}/enter", partial(group.permissions.add, entry)
    for line in LINES:
        for verb in line.may.get(role, ()):
            for name, give in GIVE[line.kind](group, line, verb):
                yield f"roles/{group.name}/{verb} {name}", give


def _to_pages(group: Group, line: Line, verb: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give it on the lists that the line names; on every page if it names none."""
    places = [(label, page) for label in line.models if (page := _list_of(label))]
    for name, page in places if line.models else [("pages", Page.get_first_root_node())]:
        yield name, partial(_give_page, group, page, verb)


def _list_of(label: str) -> Page | None:
    return apps.get_model(label).objects.first()


def _give_page(group: Group, page: Page, verb: str) -> None:
    """Give it on a page, unless the group has it from a page above."""
    permission = Permission.objects.get(
        content_type=ContentType.objects.get_for_model(Page), codename=f"{verb}_page"
    )
    above = page.get_ancestors(inclusive=True)
    held = GroupPagePermission.objects.filter(group=group, permission=permission)
    if not held.filter(page__in=above).exists():
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)


def _to_files(group: Group, line: Line, verb: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give it on every picture or document."""
    for label in line.models:
        given = {
            "group": group,
            "collection": Collection.get_first_root_node(),
            "permission": _permission(label, verb),
        }
        yield label, partial(GroupCollectionPermission.objects.get_or_create, **given)


def _to_models(group: Group, line: Line, verb: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give Django's own permission."""
    for label in line.models:
        yield label, partial(group.permissions.add, _permission(label, verb))


def _permission(label: str, verb: str) -> Permission:
    model = label.partition(".")[2]
    kind = ContentType.objects.get_for_model(apps.get_model(label))
    return Permission.objects.get(content_type=kind, codename=f"{verb}_{model}")


GIVE: dict[str, Callable[[Group, Line, str], Any]] = {
    "page": _to_pages,
    "file": _to_files,
    "model": _to_models,
}


def as_markdown() -> str:
    """Return the table as docs/editors.md shows it."""
    heads = ["part of the admin", *(role.label for role in Role), "Administrator"]
    rows = [heads, ["---"] * len(heads)]
    rows += [[line.what, *(line.words_for(role) for role in Role), "everything"] for line in LINES]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
