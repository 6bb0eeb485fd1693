"""On the true content, no public page asks the database more than 15 times."""

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.test_public_pages import PAGES

SERVED_BY_VIEWS_OF_DEBUG = {"/styleguide/", "/councils/demo-samplebury/"}


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker):
    """The register and the true content, once for this module; rolled back after it."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("load_councils", "network/data/councils.csv", verbosity=0)
        call_command("seed_content", verbosity=0)
        call_command("rebuild_search", verbosity=0)
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.mark.parametrize("path", [p for p in PAGES if p not in SERVED_BY_VIEWS_OF_DEBUG])
def test_a_public_page_asks_the_database_at_most_fifteen_times(
    content, db, client, path, django_assert_max_num_queries
):
    client.get(path)
    with django_assert_max_num_queries(15):
        page = client.get(path)

    assert page.status_code == 200
