"""Let a mailing keep its numbers without its deliveries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0012_mailings"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="last_counts",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
