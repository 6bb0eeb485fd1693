"""Factories of case-study pages, made below `parent` and complete enough to publish."""

import factory
from wagtail.models import Site
from wagtail.rich_text import RichText

from casestudies.choices import Status
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Result, Source
from councils.choices import Kind, Region
from councils.models import Council
from principles.models import Principle
from principles.tests.factories import PageFactory


class CouncilFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Council

    key = factory.Sequence("k{}".format)
    slug = factory.Sequence("council-{}".format)
    name = factory.Sequence("Council {}".format)
    official_name = factory.LazyAttribute(lambda o: f"{o.name} Council")
    kind = Kind.METROPOLITAN
    region = Region.YORKSHIRE


class CaseStudyIndexPageFactory(PageFactory):
    """The list page, by default below the site's root."""

    class Meta:
        model = CaseStudyIndexPage

    title = "Case studies"
    slug = "case-studies"
    introduction = "What councils did."

    @classmethod
    def _create(cls, model, *args, parent=None, **kwargs):
        parent = parent or Site.objects.get(is_default_site=True).root_page
        return super()._create(model, *args, parent=parent, **kwargs)


class CaseStudyPageFactory(PageFactory):
    """A live page with one source and one figure, about principle 1."""

    class Meta:
        model = CaseStudyPage

    title = factory.Sequence("Case study {}".format)
    council = factory.SubFactory(CouncilFactory)
    summary = "They did it, and it cost less."
    status = Status.RUNNING
    as_at = "2019"
    the_problem = "<p>It was bad.</p>"
    story = [("paragraph", RichText("<p>They mended it.</p>"))]
    nothing_found = ["what_was_hard"]

    @classmethod
    def _create(cls, model, *args, parent, numbers=(1,), results=1, **kwargs):
        page = model(*args, **kwargs)
        page.principles = Principle.objects.filter(number__in=numbers)
        page.sources = [SourceFactory.build()]
        page.results = [ResultFactory.build() for _ in range(results)]
        return parent.add_child(instance=page)


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    label = "LocalGov, 2019"
    title = "The power of the community"
    publisher = "LocalGov"
    published = "5 July 2019"
    url = "https://example.org/power"


class ResultFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Result

    figure = "£2.43"
    measures = "of local benefit for every £1 of income"
    period = "2019"
    claimed_by = "The Trust"
    source = "LocalGov, 2019"
