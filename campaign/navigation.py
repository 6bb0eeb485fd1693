"""The menu in the header and the columns in the footer, which editors fill.

Until they do, the header shows the pages that are shown in menus and the footer what it always
did. A link to a page that is not public, or to an address that nothing answers, is left out.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Page

from campaign.addresses import RESERVED
from campaign.forms import HOME_DEPTH
from portal.page_cache import Remembered

HEADER_LINKS = 6
COLUMNS, COLUMN_LINKS = 4, 10
#: What the header shows after the pages, and the footer in its columns, until editors choose.
VIEWS_IN_HEADER = (("Councils", "/councils/"), ("Multiplier", "/multiplier/"))
FOOTER = (
    (
        "For you",
        (
            ("Join as a council", "/join/"),
            ("Community organisations", "/community-organisations/"),
            ("Ask my council to join", "/join/ask-my-council/"),
            ("News by email", "/supporters/"),
            ("Journalists", "/journalists/"),
        ),
    ),
    (
        "The network",
        (
            ("Councils", "/councils/"),
            ("The six principles", "/principles/"),
            ("Case studies", "/case-studies/"),
            ("News", "/news/"),
            ("Events", "/events/"),
            ("Resources", "/resources/"),
        ),
    ),
    (
        "Tools",
        (
            ("Work out a local multiplier", "/multiplier/"),
            ("Search", "/search/"),
            ("Open data", "/data/"),
            ("Glossary", "/glossary/"),
        ),
    ),
    (
        "About",
        (
            ("About this site", "/about/"),
            ("Accessibility", "/accessibility/"),
            ("Privacy", "/privacy/"),
            ("Contact", "/contact/"),
        ),
    ),
)


def first_part(address: str) -> str:
    """Return the first part of an address: "join" of "/join/council/"."""
    return address.lstrip("/").split("/")[0].split("?")[0].split("#")[0]


def is_answered(address: str) -> bool:
    """Whether a view, and not a page, answers at an address of this site."""
    try:
        return resolve(address.split("?")[0].split("#")[0]).view_name != "wagtail_serve"
    except Resolver404:
        return False


class LinkValue(blocks.StructValue):
    """A link, with its address for templates."""

    @property
    def url(self) -> str:
        """Where it leads; "" if that is not public any more."""
        if page := self.get("page"):
            # Below the home page's own part. Wagtail's `url` would ask for that at each link.
            return f"/{page.url_path.split('/', 2)[2]}" if page.live else ""
        address = self.get("address") or ""
        return "" if address.startswith("/") and not is_answered(address) else address


class LinkBlock(blocks.StructBlock):
    """A link to a page, or to an address of this or another site."""

    text = blocks.CharBlock(max_length=40)
    page = blocks.PageChooserBlock(required=False)
    address = blocks.CharBlock(
        max_length=300,
        required=False,
        help_text="If it is not one of our pages: /join/, /multiplier/ or https://…",
    )

    class Meta:
        icon = "link"
        label = "Link"
        value_class = LinkValue
        description = "A link to a page or an address"

    def clean(self, value: Any) -> Any:
        """Check that it has one target, and that the target can exist.

        Raises:
            StructBlockValidationError: If not, unless a draft is saved.
        """
        cleaned = super().clean(value)
        address = cleaned["address"] or ""
        problem = ""
        if bool(cleaned["page"]) == bool(address):
            problem = "Choose a page or enter an address, one of them"
        elif address.startswith("//") or (
            address.startswith("/") and first_part(address) not in RESERVED
        ):
            problem = "Choose the page itself, so that the link follows it when it moves"
        elif address and not address.startswith(("/", "https://", "http://")):
            problem = "The address must begin with / or https://"
        if problem and not self.is_deferred_validation:
            raise blocks.StructBlockValidationError({"address": ValidationError(problem)})
        return cleaned


class ColumnBlock(blocks.StructBlock):
    """A column of the footer."""

    title = blocks.CharBlock(max_length=30)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=COLUMN_LINKS)

    class Meta:
        icon = "list-ul"
        label = "Column"


@register_setting(icon="list-ul")
class Navigation(BaseGenericSetting):
    """The links in the header and in the footer of every page."""

    header = StreamField(
        [("link", LinkBlock())],
        blank=True,
        max_num=HEADER_LINKS,
        help_text="In one or two words each. Leave blank for the pages that are shown in menus, "
        "and the councils and the multiplier.",
    )
    footer = StreamField(
        [("column", ColumnBlock())],
        blank=True,
        max_num=COLUMNS,
        help_text="Leave blank for the links that the site came with.",
    )

    panels = [FieldPanel("header"), FieldPanel("footer")]

    class Meta:
        verbose_name = "header and footer"
        verbose_name_plural = "header and footer"


def _link(text: str, url: str) -> dict[str, str]:
    return {"text": text, "url": url, "section": first_part(url)}


def _public_pages() -> list[Page]:
    """Return the live first-level pages without a restriction, each with `has_pages`."""
    of_first_level = Page.objects.live().filter(view_restrictions=None)
    # A range of paths, as in Wagtail's tree: "begins with" would look at every page for each.
    first, last = Page._get_children_path_interval("")
    paths = [Concat(models.OuterRef("path"), models.Value(end)) for end in (first, last)]
    below = of_first_level.filter(depth=HOME_DEPTH + 2, path__range=paths)
    pages = of_first_level.filter(depth=HOME_DEPTH + 1).order_by("path")
    return list(pages.annotate(has_pages=models.Exists(below)))


def _in_menus(pages: list[Page]) -> list[dict[str, str]]:
    """Return links to the pages that are shown in menus; to no list while it is empty."""
    shown = [
        page
        for page in pages
        if page.show_in_menus
        and (page.has_pages or not getattr(page.specific_class, "leaves_menu_when_empty", False))
    ]
    # The full title of the principles is too long for a menu.
    short = {"principles": "Principles"}
    links = [_link(short.get(page.slug, page.title), f"/{page.slug}/") for page in shown]
    return links + [_link(*view) for view in VIEWS_IN_HEADER]


def _chosen(links: Any) -> list[dict[str, str]]:
    """Return those of the editors' links that lead to something public."""
    pages = [link["page"] for link in links if link["page"]]
    hidden = set(
        Page.objects.filter(pk__in=[page.pk for page in pages])
        .exclude(view_restrictions=None)
        .values_list("pk", flat=True)
        if pages
        else ()
    )
    shown = [link for link in links if not (link["page"] and link["page"].pk in hidden)]
    return [_link(link["text"], link.url) for link in shown if link.url]


def _read() -> dict[str, Any]:
    chosen = Navigation.objects.first() or Navigation()
    pages = _public_pages()
    header = _chosen([block.value for block in chosen.header])
    footer = [
        {"title": block.value["title"], "links": links}
        for block in chosen.footer
        if (links := _chosen(block.value["links"]))
    ]
    known = {page.slug for page in pages}
    return {"header": header or _in_menus(pages), "footer": footer or _standard(known)}


def _standard(known: set[str] | None = None) -> list[dict[str, Any]]:
    """Return the columns that the site came with.

    Args:
        known: Slugs of the first-level pages that there are; None if that is not known.
    """
    columns = []
    for title, links in FOOTER:
        shown = [_link(*link) for link in links]
        if known is not None:
            shown = [link for link in shown if link["section"] in RESERVED | known]
        columns.append({"title": title, "links": shown})
    return columns


navigation = Remembered(
    _read,
    {"header": [_link(*view) for view in VIEWS_IN_HEADER], "footer": _standard()},
    Page,
    Navigation,
)


def site(request: HttpRequest) -> dict[str, object]:
    """Return `navigation` for every template: `header`, links, and `footer`, columns of links."""
    return {"navigation": SimpleLazyObject(navigation)}
