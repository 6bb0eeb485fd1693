"""Loading of the register from a file."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from councils import register
from councils.choices import Region
from councils.models import Council, CouncilAlias, Succession
from councils.tests.factories import make_council
from portal.signals import public_changed

FILE = Path(settings.BASE_DIR) / "councils" / "data" / "councils.csv"
HEAD = ",".join(register.COLUMNS)


def row(**fields: str) -> str:
    known = {
        "key": "aaa",
        "slug": "aaa",
        "name": "Aaa",
        "official_name": "Aaa Council",
        "kind": "district",
        "region": "london",
    }
    return ",".join((known | fields).get(column, "") for column in register.COLUMNS)


@pytest.fixture
def file(tmp_path):
    """Return a function: `file(row(...), ...)` is the path of a file with these rows."""

    def written(*rows: str) -> Path:
        path = tmp_path / "register.csv"
        path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        return path

    return written


def load(path: Path, **options) -> str:
    out = StringIO()
    call_command("load_councils", path, stdout=out, verbosity=2, **options)
    return out.getvalue()


def test_load_whole_register_twice_changes_nothing(db):
    first, second = load(FILE), load(FILE)

    assert Council.objects.in_force().councils().count() == 317
    assert "0 new, 0 changed" in second
    assert "367 new" in first
    bradford = Council.objects.get(slug="bradford")
    assert bradford.gss_code == "E08000032"
    assert bradford.domains.filter(domain="bradford.gov.uk").exists()


def test_dry_run_shows_difference_and_changes_nothing(file, db):
    load(file(row()))
    shown = load(file(row(name="Bbb"), row(key="ccc", slug="ccc")), dry_run=True)

    assert "changed  aaa: name 'Aaa' -> 'Bbb'" in shown
    assert "new      ccc" in shown
    assert "Nothing was changed" in shown
    assert [c.name for c in Council.objects.all()] == ["Aaa"]


def test_renamed_council_keeps_row(file, db):
    load(file(row()))
    pk = Council.objects.get().pk
    load(file(row(name="New", slug="new", gss_code="E07000001")))

    assert Council.objects.get().pk == pk
    assert Council.objects.get().slug == "new"


def test_new_successor_is_a_change_and_both_are_told(file, db):
    load(file(row(), row(key="bbb", slug="bbb")))
    told = []

    def listen(instance, **kwargs):
        told.append(instance.key)

    public_changed.connect(listen)
    ending = {"ended_on": "2027-03-31", "change": "merged", "change_source": "An order"}
    shown = load(file(row(successors="bbb", **ending), row(key="bbb", slug="bbb")))
    again = load(file(row(successors="bbb", **ending), row(key="bbb", slug="bbb")))
    public_changed.disconnect(listen)

    assert "ended_on None" in shown and "0 changed" in again
    assert told == ["aaa", "bbb"]
    [succession] = Succession.objects.all()
    assert (succession.source, str(succession.begins_on)) == ("An order", "2027-04-01")


@pytest.mark.parametrize(
    ("started", "ended", "in_force", "choosable"),
    [
        (None, None, True, True),
        (-1, 1, True, True),
        (-9, 0, True, True),
        (0, None, True, True),
        (1, None, False, True),
        (-9, -1, False, False),
    ],
)
def test_council_is_in_force_from_its_first_day_to_its_last(
    db, started, ended, in_force, choosable
):
    def day(number):
        return None if number is None else timezone.localdate() + timedelta(days=number)

    council = make_council(started_on=day(started), ended_on=day(ended))

    assert Council.objects.in_force().exists() is in_force
    assert Council.objects.choosable().exists() is choosable
    assert council.is_coming is (started == 1)
    assert council.is_ending is (ended in (0, 1))
    assert council.is_abolished is (ended == -1)


@pytest.mark.parametrize(
    ("typed", "regions"),
    [
        ("London", ["london"]),
        ("the south east", ["south-east"]),
        ("Yorkshire", ["yorkshire-and-the-humber"]),
        ("Yorkshire & Humber", ["yorkshire-and-the-humber"]),
        ("Midlands", ["east-midlands", "west-midlands"]),
        ("ast", []),
        ("e", []),
        ("", []),
    ],
)
def test_region_is_known_by_whole_words_of_its_name(typed, regions):
    assert Region.called(typed) == regions


def test_council_missing_from_file_is_reported_and_kept(file, db):
    load(file(row(), row(key="bbb", slug="bbb")))
    shown = load(file(row()))

    assert "not in the file, kept as it is  bbb" in shown
    assert Council.objects.count() == 2


def test_load_keeps_what_staff_added(file, db):
    load(file(row()))
    CouncilAlias.objects.create(council=Council.objects.get(), name="Staff's own")
    load(file(row(aliases="From the file")))

    assert {a.name for a in CouncilAlias.objects.all()} == {"Staff's own", "From the file"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row(), row()], "key given twice: aaa"),
        ([row(upper_tier="zzz")], "no council has the key zzz"),
        ([row(successors="yyy")], "no council has the key yyy"),
        ([row(kind="duchy")], "line 2"),
        ([row(region="atlantis")], "line 2"),
        ([row(population="many")], "line 2"),
        ([row(ended_on="31.3.2023")], "line 2"),
        ([row(email_domains="x.gov.uk:post")], "line 2"),
    ],
)
def test_faulty_file_is_refused_whole(file, db, rows, says):
    with pytest.raises(CommandError, match=says):
        load(file(*rows))
    assert not Council.objects.exists()


def test_missing_column_or_file_is_refused(tmp_path, db):
    path = tmp_path / "x.csv"
    path.write_text("key,slug\n")
    with pytest.raises(CommandError, match="has no column"):
        load(path)
    with pytest.raises(CommandError):
        load(tmp_path / "absent.csv")


# ---- Days on which councils begin and end -------------------------------------------


@pytest.fixture
def on(monkeypatch):
    """Return a function that sets the day it is."""

    def set_day(day: date) -> None:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)

    return set_day


@pytest.fixture
def told():
    """Slugs of the councils that `public_changed` was sent for."""
    slugs = []

    def hear(sender, instance, **kwargs):
        slugs.append(instance.slug)

    public_changed.connect(hear)
    yield slugs
    public_changed.disconnect(hear)


def test_tell_of_dates_tells_of_each_council_once_after_its_last_and_on_its_first_day(db, on, told):
    make_council(slug="old", ended_on=date(2027, 3, 31))
    make_council(slug="new", started_on=date(2027, 4, 1))
    make_council(slug="other")
    counts = {}
    for day in (date(2027, 3, 30), date(2027, 3, 31), date(2027, 4, 1), date(2027, 4, 2)):
        on(day)
        counts[day.isoformat()] = (register.tell_of_dates(), register.tell_of_dates())

    assert sorted(told) == ["new", "old"]
    assert [day for day, number in counts.items() if any(number)] == ["2027-04-01"]
    assert counts["2027-04-01"] == (2, 0)


def test_tell_of_dates_tells_of_days_on_which_it_did_not_run(db, on, told):
    make_council(slug="old", ended_on=date(2027, 3, 31))
    on(date(2027, 3, 28))
    register.tell_of_dates()
    on(date(2027, 4, 5))
    register.tell_of_dates()
    cache.clear()
    register.tell_of_dates()

    assert told == ["old", "old"]


def test_tell_of_dates_tries_again_after_a_failure(db, on, told, monkeypatch):
    make_council(slug="old", ended_on=date(2027, 3, 31))
    on(date(2027, 4, 1))
    with monkeypatch.context() as patch:
        patch.setattr(public_changed, "send", lambda **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            register.tell_of_dates()

    assert register.tell_of_dates() == 1
