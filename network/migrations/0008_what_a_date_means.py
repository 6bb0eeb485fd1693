"""Whether a membership's first date is that of joining or of being named as a member."""

from django.db import migrations, models

NAMED_ON = "2020-03-03"
COHORTS = {
    "First eleven, March 2020": "First 11, March 2020",
    "Between March 2020 and the seventeen": "Between March 2020 and the 17",
    "The four that made seventeen": "The 4 that made 17",
}


def mark(apps, schema_editor):
    """Mark the members of before this site that a press release named, and drop one date.

    East Sussex was asked to join on the date held so far. When it joined is not known.
    """
    seeded = apps.get_model("network", "Membership").objects.filter(sign_up=None)
    seeded.filter(joined_on=NAMED_ON, cohort__in=COHORTS).update(date_means="named")
    seeded.filter(council__key="esx", joined_on="2022-07-26").update(
        joined_on=None, joined_precision="not_known"
    )
    for before, since in COHORTS.items():
        seeded.filter(cohort=before).update(cohort=since)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0001_register"),
        ("network", "0007_plain_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="date_means",
            field=models.CharField(
                choices=[
                    ("joined", "It joined"),
                    ("named", "It was named as a member, and may have joined before"),
                ],
                default="joined",
                max_length=10,
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
