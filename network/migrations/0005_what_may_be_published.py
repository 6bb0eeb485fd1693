"""What of an application may be published, and a champion's address. Nothing may, at first."""

from django.db import migrations, models

TICKS = ["profile", "strategy", "conversation", "partners", "outcome", "quote", "logo"]


class Migration(migrations.Migration):
    dependencies = [("network", "0004_endorsement_requests")]

    operations = [
        *(
            migrations.AddField(
                "signup", f"{what}_may_be_published", models.BooleanField(default=False)
            )
            for what in TICKS
        ),
        migrations.AddField("practice", "may_be_published", models.BooleanField(default=False)),
        migrations.AddField(
            "champion",
            "email",
            models.EmailField(
                blank=True,
                default="",
                help_text="Only if they agreed to be told by email. Never published.",
                max_length=254,
            ),
            preserve_default=False,
        ),
    ]
