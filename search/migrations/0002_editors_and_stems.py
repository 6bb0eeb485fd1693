from django.db import migrations

EDITORS = ("Editors", "Moderators", "Network managers")
THEY_MAY = {
    "sectorwords": ("view", "add", "change", "delete"),
    "promotedresult": ("view", "add", "change", "delete"),
    "questioncount": ("view",),
}


def let_editors(apps, schema_editor):
    """Who publishes pages also looks after what search knows, and reads what was asked."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    groups = [apps.get_model("auth", "Group").objects.get_or_create(name=n)[0] for n in EDITORS]
    for model, verbs in THEY_MAY.items():
        kind, _ = ContentType.objects.get_or_create(app_label="search", model=model)
        for verb in verbs:
            permission, _ = Permission.objects.get_or_create(
                content_type=kind,
                codename=f"{verb}_{model}",
                defaults={"name": f"Can {verb} {model}"},
            )
            for group in groups:
                group.permissions.add(permission)


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
        ("search", "0001_index_words_and_counts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("network", "0003_wording_and_managers"),
        ("wagtailcore", "0002_initial_data"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [
        migrations.RunPython(let_editors, migrations.RunPython.noop),
        migrations.RunPython(stem, unstem),
    ]
