"""Let a draft of the home page wait for a case study."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0002_redirects_for_editors"),
        ("casestudies", "0003_drafts_without_council"),
    ]

    operations = [
        migrations.AlterField(
            model_name="chosencasestudy",
            name="case_study",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="casestudies.casestudypage",
            ),
        ),
    ]
