"""A newsletter outlives its killed workers: everyone gets it, and nobody two different ones."""

import pytest
from django.db import connection  # noqa: F401 (of the mark)

from tests.newsletter_run import MOMENTS, run
from tests.test_faults import database as database  # a copy of the tests' database

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        "connection.vendor != 'sqlite'", reason="works on a copy of the database's file"
    ),
]
SUPPORTERS = 300


def test_killed_workers_send_each_supporter_the_newsletter_under_one_message_id(database):
    found = run(database, SUPPORTERS)
    assert found.reached == len(found.sent) == found.counts["sent"] == SUPPORTERS
    assert found.status == "finished"
    assert found.repeats <= len(MOMENTS), "at most one a kill, under its own Message-ID"
    assert max(found.sent.values()) <= 2
    assert found.pause < 1
    assert found.during == 0
