from django.db import migrations

TABLE = "wagtailsearch_indexentry_fts"
STEMS = ", tokenize='porter unicode61 remove_diacritics 2', prefix='2 3'"


def _remake(schema_editor, options):
    """Make Wagtail's full-text table anew, filled; its triggers stand on another table."""
    if schema_editor.connection.vendor != "sqlite":
        return  # PostgreSQL stems by itself (SEARCH_CONFIG)
    for statement in (
        f"DROP TABLE {TABLE}",
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5 (autocomplete, body, title{options})",
        f"INSERT INTO {TABLE} (title, body, autocomplete, rowid)"  # noqa: S608 (our own names)
        " SELECT title, body, autocomplete, id FROM wagtailsearch_indexentry",
    ):
        schema_editor.execute(statement)


def stem(apps, schema_editor):
    _remake(schema_editor, STEMS)


def unstem(apps, schema_editor):
    _remake(schema_editor, "")


class Migration(migrations.Migration):
    """On SQLite Wagtail's own search knows no stems: "councils" would not find "council"."""

    dependencies = [
        ("search", "0002_words_promotions_and_counts"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [migrations.RunPython(stem, unstem)]
