from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Lower


def write_small(apps, schema_editor):
    """Stops where two accounts differ by capitals only: a person must say which stays."""
    users = apps.get_model("portal", "User").objects.using(schema_editor.connection.alias)
    users.exclude(email=Lower(F("email"))).update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("portal", "0002_outbox_and_operator"),
    ]

    operations = [
        migrations.RunPython(write_small, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address",
                violation_error_message="User with this Email address already exists.",
            ),
        ),
    ]
