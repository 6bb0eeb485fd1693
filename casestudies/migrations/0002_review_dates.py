"""Give every published case study a date for its next review."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

A_YEAR = timedelta(days=365)


def forwards(apps, schema_editor):
    pages = apps.get_model("casestudies", "CaseStudyPage").objects
    for page in pages.filter(live=True, review_date=None):
        known = page.confirmed_on or page.written_on or timezone.localdate()
        pages.filter(pk=page.pk).update(review_date=known + A_YEAR)


class Migration(migrations.Migration):
    dependencies = [("casestudies", "0001_case_study_pages")]

    operations = [
        migrations.AlterField(
            model_name="casestudypage",
            name="review_date",
            field=models.DateField(
                blank=True,
                help_text="When to ask the council again. If blank, a year after you publish.",
                null=True,
            ),
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
