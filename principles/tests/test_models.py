import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from principles.models import Principle
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

WORDING = [
    "Think about the whole system and not individual service silos",
    "Coordinate services at the neighbourhood level",
    "Increase local spend to invest in the local economy",
    "Focus on early intervention now to save costs tomorrow",
    "Commit to your community and proactively support local organisations",
    "Commission services simply and collaboratively so they are “local by default”",
]
SLUGS = [
    "whole-system",
    "neighbourhood",
    "local-spend",
    "early-intervention",
    "commit-to-community",
    "local-by-default",
]


def test_six_principles_exist_in_order(db):
    rows = Principle.objects.values_list("number", "slug", "name")

    assert list(rows) == list(zip(range(1, 7), SLUGS, WORDING, strict=True))


def test_principles_have_own_short_name_and_aim(db):
    principles = Principle.objects.all()

    assert len({principle.short_name for principle in principles} - {""}) == 6
    assert len({principle.aim for principle in principles} - {""}) == 6


@pytest.mark.parametrize("number", [0, 7])
def test_seventh_principle_is_refused(db, number):
    with pytest.raises(IntegrityError):
        Principle.objects.create(number=number, slug="another", name="Another")


def test_principle_is_named_by_number(db):
    assert str(Principle.objects.get(number=2)).startswith("2. Coordinate services")


def test_published_needs_live_page(index, pages):
    pages[3].unpublish()

    published = Principle.objects.published()

    assert [principle.number for principle in published] == [1, 2, 3, 5, 6]


def test_principle_path_is_that_of_its_page(pages):
    for page in pages:
        assert page.principle.get_absolute_url() == page.get_url()


def test_principle_page_keeps_slug(pages):
    pages[0].slug = "elsewhere"

    with pytest.raises(ValidationError, match="whole-system"):
        pages[0].save()


def test_index_keeps_slug(home):
    with pytest.raises(ValidationError, match="principles"):
        PrincipleIndexPageFactory(parent=home, slug="six")


def test_principle_has_one_page(index, pages):
    with pytest.raises(ValidationError, match="already exists"):
        PrinciplePageFactory(parent=index, number=1)
