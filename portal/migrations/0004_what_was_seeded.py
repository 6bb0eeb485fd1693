from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_one_account_per_address")]

    operations = [
        migrations.CreateModel(
            name="Seeded",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name_plural": "seeded"},
        ),
    ]
