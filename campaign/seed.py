"""Seeding of the home page, the content pages, news, and the list of events."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import resvg_py
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.rich_text import RichText

from campaign.choices import SupporterStatus, Topic
from campaign.forms import HOME_DEPTH
from campaign.models import (
    ContentPage,
    EventIndexPage,
    EventPage,
    GlossaryPage,
    GlossaryTerm,
    HomePage,
    NewsCouncil,
    NewsIndexPage,
    Newsletter,
    NewsletterItem,
    NewsPage,
    ResourceIndexPage,
    ResourcePage,
    Supporter,
)
from casestudies.models import CaseStudyPage, Result
from councils.hexmap import hexagon
from councils.models import Council
from portal import seeding
from portal.pictures import Picture
from principles.models import Principle

DATA = Path(__file__).parent / "data"
TEXTS = DATA / "pages.toml"
NEWS = DATA / "news.toml"


def texts() -> dict[str, Any]:
    """Return the content of data/pages.toml."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


@transaction.atomic
def home() -> HomePage:
    """Get or create the home page, in place of Wagtail's welcome page.

    Each call also updates Wagtail's site record from SITE_URL. Its name stays as editors
    wrote it.
    """
    page = HomePage.objects.first()
    if page is None:
        page = Page.get_first_root_node().add_child(
            instance=HomePage(slug="keep-it-local", **_home_texts())
        )
        page.body = [("hero", _band(texts()["home"]["bands"][0])[1])]
        page.save_revision().publish()
    _update_site(page)
    for welcome in Page.get_first_root_node().get_children().exact_type(Page):
        if welcome.is_leaf():
            welcome.delete()
    return page


def _update_site(page: HomePage) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    site = site or Site(is_default_site=True)
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "site_name": site.site_name or "Keep it Local",
        "root_page_id": page.pk,
    }
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()


def fill_home(page: HomePage) -> int:
    """Give the home page all its bands, unless an editor has saved it; return how many.

    Its case studies and figures must be there already. A band without them is left out.
    """
    page = HomePage.objects.get(pk=page.pk)  # as it was published, and not as it was made
    bands = [_band(given) for given in texts()["home"]["bands"]]

    def make() -> None:
        page.body = [(name, value) for name, value in bands if value]
        page.save_revision().publish()

    is_edited = page.revisions.exclude(user=None).exists() or page.has_unpublished_changes
    return len(bands) if seeding.once("home/bands", make, there=is_edited) else 0


def _home_texts() -> dict[str, Any]:
    return {name: text for name, text in texts()["home"].items() if name != "bands"}


def _band(given: dict[str, Any]) -> tuple[str, Any]:
    """Return a band of the file in StreamField's form; None for one that lacks its pages."""
    [(name, words)] = given.items()
    value = dict(words)
    for field in ("case_study", "case_studies"):
        if field in value:
            value[field] = _case_studies(value[field])
    if "links" in value:
        value["links"] = [_target(link) for link in value["links"]]
    if "figures" in value:
        figures = [_figures(figure) for figure in value["figures"]]
        value["figures"] = [figure for figure in figures if figure["figure"]]
        if not value["figures"]:
            return name, None
    return name, HomePage.body.field.stream_block.child_blocks[name].to_python(value)


def _case_studies(named: str | list[str]) -> Any:
    """Return the key of a case study, or of each of several that are there."""
    slugs = [named] if isinstance(named, str) else named
    found = dict(CaseStudyPage.objects.live().filter(slug__in=slugs).values_list("slug", "pk"))
    keys = [found[slug] for slug in slugs if slug in found]
    return next(iter(keys), None) if isinstance(named, str) else keys


def _target(link: dict[str, str]) -> dict[str, Any]:
    """Return a link, with the key of the page it names by slug."""
    if "page" not in link:
        return link
    pages = Page.objects.live().filter(slug=link["page"], depth=HOME_DEPTH + 1)
    return link | {"page": pages.values_list("pk", flat=True).first()}


def _figures(given: dict[str, Any]) -> dict[str, Any]:
    """Return a drawn figure, with the keys of the results that it names."""
    value = dict(given)
    for field in ("figure", "compared_with"):
        slug, figure = given.get(field, ("", ""))
        results = Result.objects.filter(page__slug=slug, page__live=True, figure=figure)
        value[field] = results.values_list("pk", flat=True).first()
    return value


def seed(parent: HomePage) -> int:
    """Make the content pages that were never made, and return how many."""
    landing = tomllib.loads((DATA / "landing.toml").read_text(encoding="utf-8"))
    return sum(_page(parent, text) for text in [*texts()["page"], *landing["page"]])


def seed_resources(parent: HomePage) -> int:
    """Make the list of resources and those that were never made; return how many pages."""
    given = tomllib.loads((DATA / "resources.toml").read_text(encoding="utf-8"))

    def make_list() -> None:
        words = {name: given[name] for name in ("introduction", "listing_summary")}
        page = ResourceIndexPage(title="Resources", slug="resources", **words)
        parent.add_child(instance=page).save_revision().publish()

    there = ResourceIndexPage.objects.exists()
    made = seeding.once("resources", make_list, there=there)
    index = ResourceIndexPage.objects.first()
    if index is None:  # an administrator deleted it
        return 0
    return made + sum(_resource(index, text) for text in given["resource"])


def _resource(parent: ResourceIndexPage, text: dict[str, Any]) -> bool:
    def make() -> None:
        fields = {name: value for name, value in text.items() if name != "principles"}
        page = parent.add_child(instance=ResourcePage(**fields))
        page.principles = Principle.objects.filter(slug__in=text["principles"])
        page.save()
        page.save_revision().publish()

    there = parent.get_children().filter(slug=text["slug"]).exists()
    return seeding.once(f"resources/{text['slug']}", make, there=there)


def seed_glossary(parent: HomePage) -> int:
    """Make the glossary if it was never made; return how many pages were made."""
    given = tomllib.loads((DATA / "glossary.toml").read_text(encoding="utf-8"))

    def make() -> None:
        words = {name: given[name] for name in ("title", "introduction", "listing_summary")}
        page = GlossaryPage(slug="glossary", **words)
        page.terms = [GlossaryTerm(sort_order=n, **term) for n, term in enumerate(given["term"])]
        parent.add_child(instance=page).save_revision().publish()

    return int(seeding.once("glossary", make, there=GlossaryPage.objects.exists()))


def _page(parent: HomePage, text: dict[str, Any]) -> bool:
    def make() -> None:
        body = [_block(block) for block in text["body"]]
        page = ContentPage(**{**text, "body": body})
        parent.add_child(instance=page)
        page.save_revision().publish()

    there = parent.get_children().filter(slug=text["slug"]).exists()
    return seeding.once(f"pages/{text['slug']}", make, there=there)


def _block(block: dict[str, Any]) -> tuple[str, Any]:
    """Return a block of the file in StreamField's form."""
    [(name, value)] = block.items()
    if name == "paragraph":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(value.strip())
    if name == "panel":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(
            {**value, "text": value["text"].strip()}
        )
    if name == "timeline":
        return name, ContentPage.body.field.stream_block.child_blocks[name].to_python(value)
    return name, None if name == "operator" else value


@transaction.atomic
def starters(parent: HomePage) -> int:
    """Make the drafts that editors copy, each beside the pages of its type; return how many."""
    data = tomllib.loads((DATA / "starters.toml").read_text(encoding="utf-8"))
    return sum(_starter(parent, given) for given in data["starter"])


def _starter(home: HomePage, given: dict[str, Any]) -> bool:
    text = dict(given)
    model = apps.get_model(text.pop("kind"))
    parent = home if model is ContentPage else _list_for(home, model)
    if parent is None:  # an administrator deleted it
        return False

    def make() -> None:
        if "blocks" in text:
            text["body"] = [_block(block) for block in text.pop("blocks")]
        page = model(live=False, **text)
        parent.add_child(instance=page)
        page.save_revision(clean=False)

    return seeding.once(f"starters/{text['slug']}", make)


def _list_for(home: HomePage, model: type[Page]) -> Page | None:
    """Return the list that holds pages of a type."""
    lists = home.get_children().specific()
    return next((each for each in lists if model in each.allowed_subpage_models()), None)


@transaction.atomic
def news(parent: HomePage) -> int:
    """Make the lists of news and events and the news that was never made; return how many pages.

    No event is made, because none that is still to come was found in a source.

    Raises:
        Council.DoesNotExist: If the register is not loaded.
    """
    data = tomllib.loads(NEWS.read_text(encoding="utf-8"))
    made: int = _index(parent, NewsIndexPage, "News", data["introduction"], in_menus=True)
    made += _index(parent, EventIndexPage, "Events", data["events_introduction"], in_menus=False)
    if index := NewsIndexPage.objects.first():
        made += sum(_news(index, item, data["written_on"]) for item in data["item"])
    return made


def _index(
    parent: HomePage, model: type[Page], title: str, introduction: str, *, in_menus: bool
) -> bool:
    def make() -> None:
        page = model(
            title=title,
            slug=title.lower(),
            introduction=introduction,
            listing_summary=introduction,
            show_in_menus=in_menus,
        )
        parent.add_child(instance=page)
        page.save_revision().publish()

    return seeding.once(title.lower(), make, there=model.objects.exists())


def _news(index: NewsIndexPage, item: dict[str, Any], written_on: Any) -> bool:
    def make() -> None:
        given = dict(item)
        councils = [Council.objects.get(key=key) for key in given.pop("councils", [])]
        body: list[tuple[str, Any]] = [("paragraph", RichText(given.pop("text").strip()))]
        body += [("quote", given.pop("quote"))] if "quote" in given else []
        page = NewsPage(**given, body=body, written_on=written_on)
        page.councils = [NewsCouncil(sort_order=n, council=each) for n, each in enumerate(councils)]
        index.add_child(instance=page)
        page.save_revision().publish()

    there = index.get_children().filter(slug=item["slug"]).exists()
    return seeding.once(f"news/{item['slug']}", make, there=there)


@transaction.atomic
def invent_picture() -> int:
    """Draw a picture for the library, for the demonstration alone; return how many are new."""
    return int(seeding.once("pictures/demo-hexes", _draw_picture))


def _draw_picture() -> None:
    rows, across, step = 20, 26, 64.0
    fills = ("#c5ded3", "#9cc5b7", "#17685a", "#0c5549", "#f6b32b")
    paths = dict.fromkeys(fills, "")
    for n in range(rows * across):
        row, along = divmod(n, across)
        fill = fills[4 if (row * 7 + along * 5) % 23 == 0 else (row + along) // 3 % 4]
        paths[fill] += hexagon(step * (along + row % 2 / 2), row * step * 0.866, step)
    shapes = "".join(f'<path fill="{fill}" d="{d}"/>' for fill, d in paths.items())
    drawn = resvg_py.svg_to_bytes(
        svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1000">'
        f'<rect width="1600" height="1000" fill="#dcece5"/>{shapes}</svg>'
    )
    Picture.objects.create(
        title="Hexes (demonstration)",
        file=ContentFile(drawn, name="demo-hexes.png"),
        credit="drawn for the demonstration",
        rights=Picture.Rights.OURS,
    )


@transaction.atomic
def invent_events() -> int:
    """Make two plainly invented events, for the demonstration alone; return how many are new."""
    index = EventIndexPage.objects.first()
    return sum(_invent(index, **each) for each in _INVENTED) if index else 0


@transaction.atomic
def invent_supporters() -> bool:
    """Make invented supporters and the draft of a newsletter, for the demonstration alone."""

    def make() -> None:
        topics: list[list[Topic]] = [[], [Topic.HEALTH], [Topic.BUYING, Topic.POLICY]]
        for number in range(1, 13):
            supporter = Supporter.objects.create(
                email=f"supporter{number}@demo.example",
                name=f"Supporter {number} (invented)",
                council=Council.objects.filter(is_demonstration=True).first(),
                status=SupporterStatus.CONFIRMED,
                confirmed_at=timezone.now(),
            )
            supporter.choose(topics[number % len(topics)])
        newsletter = Newsletter.objects.create(
            subject="News for supporters (demonstration)",
            introduction="This is an invented newsletter, to show how one looks.",
            closing="Nobody real gets it.",
        )
        newsletter.items = [
            NewsletterItem(page=page, sort_order=order)
            for order, page in enumerate(
                [*NewsPage.objects.listed().newest_first()[:1], *CaseStudyPage.objects.listed()[:1]]
            )
        ]
        newsletter.save()

    return seeding.once("supporters/demo", make)


def _invent(index: EventIndexPage, days: int, slug: str, **given: Any) -> bool:
    def make() -> None:
        begins = datetime.combine(timezone.localdate() + timedelta(days=days), time(14))
        page = EventPage(
            slug=slug,
            begins=timezone.make_aware(begins),
            ends=timezone.make_aware(begins + timedelta(minutes=90)),
            is_demonstration=True,
            **given,
        )
        index.add_child(instance=page)
        page.save_revision().publish()

    return seeding.once(f"events/{slug}", make)


_INVENTED: tuple[dict[str, Any], ...] = (
    {
        "days": 30,
        "slug": "demo-champions-meeting",
        "title": "Champions’ meeting (demonstration)",
        "summary": "An invented meeting of councillor and officer champions.",
        "place": "Sampleford Town Hall, Sampleford",
        "online_url": "https://meet.demo.example/champions",
        "booking_url": "https://book.demo.example/champions",
        "for_whom": "Champions of invented councils",
        "organiser": "Sampleford Council (invented)",
        "body": [
            ("heading", "Programme"),
            (
                "paragraph",
                RichText(
                    "<ul><li>2pm: welcome</li><li>2:15pm: what we learned this year</li></ul>"
                ),
            ),
            ("heading", "What to bring"),
            ("paragraph", RichText("<p>One question about your own work.</p>")),
        ],
    },
    {
        "days": 60,
        "slug": "demo-site-visit",
        "title": "Visit to a community anchor (demonstration)",
        "summary": "An invented visit, to show how a cancelled event looks.",
        "place": "Exampleton Community Centre, Exampleton",
        "is_cancelled": True,
        "cancelled_note": "The invented building is being repaired.",
    },
)
