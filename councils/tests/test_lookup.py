"""Lookup of councils by email domain, and the index of names, which is built once."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from councils import lookup
from councils.lookup import look_up
from councils.models import Council, CouncilAlias, CouncilDomain, RegisterStamp, Succession
from councils.tests.factories import make_council


@pytest.mark.parametrize(
    ("email", "is_of"),
    [
        ("a@leeming.gov.uk", True),
        ("a@LEEMING.gov.uk", True),
        ("a@social-care.leeming.gov.uk", True),
        ("a@evilleeming.gov.uk", False),
        ("a@leeming.gov.uk.evil.example", False),
        ("a@gov.uk", False),
        ("leeming.gov.uk@gmail.com", False),
        ("a@", False),
        ("", False),
    ],
)
def test_domain_matches_exactly_or_below(council, email, is_of):
    assert lookup.is_of(email, council) is is_of


def test_shared_domain_finds_each_council(db):
    both = {make_council(), make_council()}
    for council in both:
        council.domains.create(domain="adur-worthing.gov.uk", kind="shared")

    assert set(lookup.councils_of("x@adur-worthing.gov.uk")) == both


def test_domain_in_capitals_matches(council):
    domain = CouncilDomain(council=council, domain=" LEEMING-Mail.gov.uk. ", kind="alternate")
    domain.full_clean()
    domain.save()

    assert lookup.is_of("a@leeming-mail.gov.uk", council)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@leeming-mail.gov.uk", "leeming-mail.gov.uk"),
        ("olive@leeming-mail.gov.uk", "leeming-mail.gov.uk"),
        ("www.leeming-mail.gov.uk", "leeming-mail.gov.uk"),
        ("müller.example", "xn--mller-kva.example"),
        ("https://leeming-mail.gov.uk/", ""),
        ("leeming", ""),
        ("gov.uk", ""),
        ("a" * 100 + ".gov.uk", ""),
    ],
)
def test_domain_is_normalised_or_refused(council, typed, kept):
    domain = CouncilDomain(council=council, domain=typed, kind="alternate")
    if not kept:
        with pytest.raises(ValidationError, match="domain"):
            domain.full_clean()
        return
    domain.full_clean()
    domain.save()

    assert domain.domain == kept
    assert lookup.is_of(f"a@{typed.rpartition('@')[2].removeprefix('www.')}", council)


@given(st.text(max_size=300))
def test_invalid_addresses_find_nothing(text):
    assert isinstance(lookup.domain_of(text), str)


@pytest.mark.parametrize(
    "change",
    [
        lambda council: Council.objects.update(name="Wath", official_name="Wath", slug="wath"),
        lambda council: CouncilAlias.objects.bulk_create(
            [CouncilAlias(council=council, name="Wath")]
        ),
        lambda council: Succession.objects.bulk_create(
            [
                Succession(
                    predecessor=make_council(name="Wath", ended_on=date(2023, 3, 31)),
                    successor=council,
                    kind="merged",
                )
            ]
        ),
    ],
)
def test_a_change_in_bulk_is_seen_at_once(db, change):
    council = make_council(name="Leeming", official_name="Leeming Borough Council")
    assert look_up("Wath").answers == ()
    change(council)
    council.refresh_from_db()

    assert look_up("Wath").best_first()[0] == council


def test_the_register_is_read_once_until_it_changes(db, django_assert_num_queries):
    make_council(name="Leeming")
    look_up("Leeming")

    with django_assert_num_queries(1):
        assert look_up("Leeming").answers
    stamp = RegisterStamp.objects.get().stamp
    CouncilAlias.objects.create(council=Council.objects.get(), name="The Moor")
    assert RegisterStamp.objects.get().stamp != stamp
    with django_assert_num_queries(2):
        assert look_up("Moor").answers
