import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EDITORS = ("Editors", "Moderators", "Network managers")


def let_editors(apps, schema_editor):
    """Who looks after what search knows also says how people ask for pages."""
    Permission = apps.get_model("auth", "Permission")
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="search", model="askedas"
    )
    groups = [apps.get_model("auth", "Group").objects.get_or_create(name=n)[0] for n in EDITORS]
    for verb in ("view", "add", "change", "delete"):
        permission, _ = Permission.objects.get_or_create(
            content_type=kind,
            codename=f"{verb}_askedas",
            defaults={"name": f"Can {verb} asked as"},
        )
        for group in groups:
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_editors_and_stems"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedAs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.TextField(
                        help_text="One way of asking a line: hand over a library, community-run building. Search finds the page by these words as if they stood in it. Readers do not see them."
                    ),
                ),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked_as",
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "asked as",
                "verbose_name_plural": "asked as",
                "ordering": ["page__title"],
            },
        ),
        migrations.RunPython(let_editors, migrations.RunPython.noop),
    ]
