"""Two years of ten members' check-ins, in three processes that are killed twenty times."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection

from conftest import person
from councils.tests.factories import make_council
from network.actions import memberships, people
from network.models import Membership
from tests.conftest import _OURS, ROOT

pytestmark = pytest.mark.skipif(
    "sqlite" not in settings.DATABASES["default"]["ENGINE"],
    reason="works on a copy of the database's file",
)
FIRST, LAST = date(2027, 3, 1), date(2029, 2, 28)
MEMBERS, PROCESSES, KILLS = 10, 3, 20
QUERY = 'SELECT kind, "to", event, message_id FROM portal_outboxmessage'
STEPS = (-60, -30, -7, 0, 14, 30, 90)


@pytest.fixture
def database(tmp_path, django_db_blocker, django_db_setup):
    """A copy of the test database with ten members, claimed on ten days of January 2027."""
    path = tmp_path / "copy.sqlite3"
    with django_db_blocker.unblock():
        source = sqlite3.connect(connection.settings_dict["NAME"])
        with sqlite3.connect(path) as copy:
            source.backup(copy)
        source.close()
    fill = "from tests.test_check_ins_in_processes import fill; fill()"
    subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {fill}"],
        cwd=ROOT,
        env=environment(path),
        check=True,
    )
    return path


def fill() -> None:
    """Make the members, in the process of the copy."""
    for number in range(MEMBERS):
        made = memberships.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
        people.represent(made, person(f"lead@c{number}.example"))
        day = date(2027, 1, 1) + timedelta(days=3 * number)
        Membership.objects.filter(pk=made.pk).update(
            claimed_on=day, next_check_in_on=day.replace(year=2028)
        )


def environment(path) -> dict[str, str]:
    """Return the environment of a process that works on the copy."""
    env = {name: value for name, value in os.environ.items() if name not in _OURS}
    return env | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{path}",
        "VAR_DIR": str(path.parent),
        "EMAIL_URL": "file:",
    }


def test_two_years_of_ten_members_in_three_killed_processes_give_each_email_once(database):
    given = [str(each) for each in (FIRST, LAST, PROCESSES, KILLS)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.check_in_driver", *given],
        cwd=ROOT,
        env=environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{KILLS}\n"), done.stderr
    copy = sqlite3.connect(database)
    rows = copy.execute(QUERY).fetchall()
    ours = [row for row in rows if row[0].startswith("network.check_in")]
    by_kind = Counter(row[0] for row in ours)
    assert by_kind == {
        "network.check_in_reminder": MEMBERS * (len(STEPS) - 1),
        "network.check_in_paused": MEMBERS,
    }
    assert set(Counter(row[1] for row in ours).values()) == {len(STEPS)}
    assert len({row[3] for row in ours}) == len({row[2] for row in ours}) == len(ours)
    states = copy.execute("SELECT status, COUNT(*) FROM network_membership GROUP BY 1").fetchall()
    assert states == [("paused", MEMBERS)]
    told = "SELECT what, COUNT(*) FROM network_event WHERE what LIKE 'check_in.%' GROUP BY 1"
    assert dict(copy.execute(told).fetchall()) == {
        "check_in.opened": MEMBERS,
        "check_in.reminded": MEMBERS * len(STEPS),
    }
