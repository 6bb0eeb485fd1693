from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0008_what_a_date_means"),
    ]

    operations = [
        migrations.AlterField(
            model_name="champion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("political", "Councillor champion"),
                    ("officer", "Officer champion"),
                ],
                max_length=10,
            ),
        ),
    ]
