"""Let a draft of a reading list hold a row in which nothing is chosen yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0013_reviews"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reading",
            name="case_study",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="readings",
                to="casestudies.casestudypage",
            ),
        ),
    ]
