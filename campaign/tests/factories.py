"""Factories of campaign pages."""

from datetime import date, datetime, time, timedelta

import factory
from django.utils import timezone
from wagtail.models import Page, Site

from campaign.choices import SupporterStatus
from campaign.models import (
    ContentPage,
    EventIndexPage,
    EventPage,
    GlossaryPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    ResourceIndexPage,
    ResourcePage,
    Supporter,
)
from campaign.resources import Kind, Topic
from principles.tests.factories import PageFactory


def band(name: str, **words: object) -> tuple[str, object]:
    """Return a band in StreamField's form: what its preview shows, but for `words`."""
    block = HomePage.body.field.stream_block.child_blocks[name]
    return name, block.to_python({**block.meta.preview_value, **words})


class HomePageFactory(PageFactory):
    """The home page; making one sets the site's root page."""

    class Meta:
        model = HomePage

    title = "Keep it Local"
    slug = "keep-it-local"

    @classmethod
    def _create(cls, model, *args, parent=None, **kwargs):
        kwargs.setdefault(
            "body",
            [
                band("hero", title="The power is already here."),
                band("whats_new"),
            ],
        )
        parent = parent or Page.get_first_root_node()
        home = super()._create(model, *args, parent=parent, **kwargs)
        Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home})
        return home


class ContentPageFactory(PageFactory):
    """A content page, by default with one paragraph."""

    class Meta:
        model = ContentPage

    @classmethod
    def _create(cls, model, *args, parent, **kwargs):
        kwargs.setdefault("body", [("heading", "A heading")])
        return super()._create(model, *args, parent=parent, **kwargs)


class ResourceIndexPageFactory(PageFactory):
    """The list of resources."""

    class Meta:
        model = ResourceIndexPage

    title = "Resources"
    slug = "resources"
    introduction = "What helps."


class ResourcePageFactory(PageFactory):
    """A guide with a web address."""

    class Meta:
        model = ResourcePage

    title = factory.Sequence("Resource {}".format)
    slug = factory.Sequence("resource-{}".format)
    kind = Kind.GUIDE
    topic = Topic.BUYING
    publisher = "The Press"
    year = 2024
    summary = "It says how."
    why = "Because it is short."
    web_address = "https://example.org/guide"

    @classmethod
    def _create(cls, model, *args, parent, principles=(), **kwargs):
        page = super()._create(model, *args, parent=parent, **kwargs)
        page.principles = principles
        page.save()
        return page


class GlossaryPageFactory(PageFactory):
    """The glossary, without terms."""

    class Meta:
        model = GlossaryPage

    title = "Glossary"
    slug = "glossary"
    introduction = "What words mean."


class NewsIndexPageFactory(PageFactory):
    """The list of news, as seeded."""

    class Meta:
        model = NewsIndexPage

    title = "News"
    slug = "news"
    show_in_menus = True


class NewsPageFactory(PageFactory):
    """Some news, published, about nobody."""

    class Meta:
        model = NewsPage

    title = factory.Sequence("News {}".format)
    summary = "Something happened."
    date = date(2026, 3, 3)


class EventIndexPageFactory(PageFactory):
    """The list of events, as seeded."""

    class Meta:
        model = EventIndexPage

    title = "Events"
    slug = "events"
    show_in_menus = True


class EventPageFactory(PageFactory):
    """An event in a month, published, from 2pm to 3:30pm in England."""

    class Meta:
        model = EventPage

    title = factory.Sequence("Event {}".format)
    summary = "Something will happen."
    place = "Town Hall, Exampleton"
    begins = factory.LazyFunction(lambda: _in_a_month(14, 0))
    ends = factory.LazyFunction(lambda: _in_a_month(15, 30))


def _in_a_month(hour: int, minute: int) -> datetime:
    day = timezone.localdate() + timedelta(days=30)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


class SupporterFactory(factory.django.DjangoModelFactory):
    """A supporter who has confirmed, and wants to hear about everything."""

    class Meta:
        model = Supporter
        skip_postgeneration_save = True

    email = factory.Sequence("supporter-{}@home.example".format)
    status = SupporterStatus.CONFIRMED
    confirmed_at = factory.LazyFunction(timezone.now)
    generation = 1

    @factory.post_generation
    def topics(self, create, given, **kwargs):
        """Choose the topics."""
        self.choose(given or [])
