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
        migrations.AlterField(
            model_name="endorsement",
            name="reported_at",
            field=models.DateTimeField(
                blank=True, help_text="When someone said “this was not me”.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="laterendorsement",
            name="reported_at",
            field=models.DateTimeField(
                blank=True, help_text="When someone said “this was not me”.", null=True
            ),
        ),
    ]
