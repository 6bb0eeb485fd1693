"""Let a draft wait for its council."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0002_review_dates"),
        ("councils", "0003_plain_labels"),
    ]

    operations = [
        migrations.AlterField(
            model_name="casestudypage",
            name="council",
            field=models.ForeignKey(
                help_text="Any council in the register, member or not.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_studies",
                to="councils.council",
            ),
        ),
    ]
