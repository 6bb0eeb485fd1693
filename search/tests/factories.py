"""Entries for engines, and rows of the other apps that make some."""

import datetime
from itertools import count

import factory
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from campaign.models import ContentPage
from casestudies.models import CaseStudyIndexPage, CaseStudyPage
from councils.models import Council
from network.models import Membership
from principles.models import Principle, PrincipleIndexPage, PrinciplePage
from search.engines.interface import Entry

_numbers = count(1)


class EntryFactory(factory.Factory):
    class Meta:
        model = Entry

    key = factory.Sequence("page:{}".format)
    type = "page"
    title = factory.Sequence("Title {}".format)
    url = factory.LazyAttribute(lambda entry: f"/{entry.key}/")


class CouncilFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Council

    key = factory.Sequence("council-{}".format)
    slug = factory.SelfAttribute("key")
    name = factory.Sequence("Place {}".format)
    official_name = factory.LazyAttribute(lambda c: f"{c.name} District Council")
    kind = "district"
    region = "north-east"


def content_page(home, text="", **fields):
    """A published page with one paragraph."""
    fields.setdefault("title", f"Page {next(_numbers)}")
    page = ContentPage(body=[("paragraph", f"<p>{text}</p>")], **fields)
    return home.add_child(instance=page)


def case_study(home, *principles, **fields):
    """A published case study of these principles, given by number."""
    index = CaseStudyIndexPage.objects.first()
    if index is None:
        index = CaseStudyIndexPage(title="Case studies", slug="case-studies")
        home.add_child(instance=index)
    fields = {
        "title": f"Study {next(_numbers)}",
        "summary": "What was done.",
        "the_problem": "<p>It was hard.</p>",
        "story": [("paragraph", RichText("<p>They did it.</p>"))],
        "nothing_found": ["what_was_hard"],
        **fields,
    }
    page = CaseStudyPage(council=fields.pop("council", None) or CouncilFactory(), **fields)
    index.add_child(instance=page)
    page.principles.set(Principle.objects.filter(number__in=principles))
    page.save()
    return page


def principle_page(home, number, **fields):
    """The published page of a principle, given by number."""
    index = PrincipleIndexPage.objects.first()
    if index is None:
        index = PrincipleIndexPage(title="Principles", slug="principles", intro="Six.")
        home.add_child(instance=index)
    principle = Principle.objects.get(number=number)
    fields = {
        "title": principle.name,
        "intro": "Start here.",
        "meaning": "<p>So.</p>",
        **fields,
    }
    page = PrinciplePage(principle=principle, slug=principle.slug, **fields)
    return index.add_child(instance=page)


def announced(council, **fields):
    """An announced membership."""
    return Membership.objects.create(
        council=council,
        joined_on=datetime.date(2020, 3, 3),
        **{"announced_at": timezone.now(), **fields},
    )


def restrict(page):
    """Keep a page from people who are not signed in."""
    return PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
