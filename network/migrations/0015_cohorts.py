"""The hour of an announcement, and cohorts as rows."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models

LONDON = ZoneInfo("Europe/London")
MORNING = time(9)  # of the day that councils were told


def make_hours_and_cohorts(apps, schema_editor):
    """Give each day its morning, and each name of a cohort a row."""
    memberships = apps.get_model("network", "Membership").objects
    cohorts = apps.get_model("network", "Cohort").objects
    for each in memberships.exclude(announce_on=None):
        at = datetime.combine(each.announce_on, MORNING, tzinfo=LONDON)
        memberships.filter(pk=each.pk).update(announce_at=at)
    names = memberships.exclude(cohort_name="").values_list("cohort_name", flat=True)
    for name in sorted(set(names)):
        cohort, _ = cohorts.get_or_create(name=name)
        memberships.filter(cohort_name=name).update(cohort=cohort)
    _check_now(schema_editor)


def back(apps, schema_editor):
    """Give each hour its day, and each membership the name of its cohort."""
    memberships = apps.get_model("network", "Membership").objects
    for each in memberships.select_related("cohort"):
        day = each.announce_at.astimezone(LONDON).date() if each.announce_at else None
        name = each.cohort.name if each.cohort else ""
        memberships.filter(pk=each.pk).update(announce_on=day, cohort_name=name)
    _check_now(schema_editor)


def _check_now(schema_editor):
    # PostgreSQL changes no table while a check of its rows waits for the end of the transaction.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [("network", "0014_trustees")]

    operations = [
        migrations.CreateModel(
            name="Cohort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The public reads it: “First 11, March 2020”.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.RenameField("membership", "cohort", "cohort_name"),
        migrations.AddField(
            model_name="membership",
            name="cohort",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="network.cohort",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="announce_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it becomes public; blank while that is on hold.",
                null=True,
            ),
        ),
        migrations.RunPython(make_hours_and_cohorts, back),
        migrations.RemoveField("membership", "announce_on"),
        migrations.RemoveField("membership", "cohort_name"),
    ]
