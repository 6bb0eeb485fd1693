"""Wagtail's logs, which nobody edits."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from conftest import person

TABLES = {PageLogEntry: "page_id", ModelLogEntry: "object_id"}


@pytest.fixture(params=TABLES)
def entry(request, db):
    """An entry about the home page, or about an account."""
    user, about = person("ed@network.example"), Page.objects.first()
    about = about if request.param is PageLogEntry else user
    request.param.objects.log_action(about, "wagtail.edit", user=user, title="Ed")
    return request.param.objects.latest("pk")


@pytest.mark.parametrize("change", ["label", "action", "timestamp", "data", "user_id", "subject"])
def test_database_refuses_to_edit_an_entry(entry, change):
    value = {"timestamp": timezone.now(), "data": '{"x": 1}', "user_id": None, "subject": "7"}
    column = TABLES[type(entry)] if change == "subject" else change
    table = type(entry)._meta.db_table
    for also in ("", ", label = '[erased]'") if change != "label" else ("",):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            sql = f"UPDATE {table} SET {column} = %s{also}"
            cursor.execute(sql, [value.get(change, "x")])
    type(entry).objects.filter(pk=entry.pk).update(label="[erased]")
    entry.refresh_from_db()
    assert (entry.label, entry.action) == ("[erased]", "wagtail.edit")
