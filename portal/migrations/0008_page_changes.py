from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0007_account_events")]

    operations = [
        migrations.CreateModel(
            name="PageChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "change of a public page",
                "verbose_name_plural": "changes of public pages",
            },
        ),
    ]
