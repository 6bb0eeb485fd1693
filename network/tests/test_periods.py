"""Working days, without weekends and England's bank holidays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.models import periods


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 25), True),  # a Wednesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # Boxing Day fell on a Saturday
        (date(2027, 3, 26), False),  # Good Friday
        (date(2027, 3, 29), False),  # Easter Monday, which Scotland does not keep
        (date(2027, 11, 30), True),  # St Andrew's Day is Scotland's
        (date(2027, 7, 12), True),  # the Battle of the Boyne is Northern Ireland's
    ],
)
def test_england_works_from_monday_to_friday_but_for_its_bank_holidays(day, works):
    assert periods.is_working_day(day) is works


def test_five_working_days_after_christmas_eve_step_over_the_holidays():
    assert periods.add_working_days(date(2026, 12, 24), 5) == date(2027, 1, 5)
    assert periods.working_days_between(date(2026, 12, 24), date(2027, 1, 5)) == 5


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 40))
def test_counting_undoes_adding(day, count):
    later = periods.add_working_days(day, count)

    assert periods.is_working_day(later)
    assert periods.working_days_between(day, later) == count
    assert periods.working_days_between(later, day) == 0
