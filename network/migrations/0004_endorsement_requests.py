from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0003_wording_and_managers")]

    operations = [
        migrations.AddField(
            "endorsementrequest",
            "answer_by",
            models.DateField(
                null=True, blank=True, help_text="By when the applicant hopes for an answer."
            ),
        ),
        migrations.AddField(
            "endorsementrequest",
            "email_is_confirmed",
            models.BooleanField(
                default=False,
                editable=False,
                help_text="The applicant said that an unlikely address is right.",
            ),
        ),
        migrations.AlterField(
            "endorsementrequest",
            "message",
            models.CharField(
                max_length=300,
                blank=True,
                help_text="A personal message from the applicant, plain text.",
            ),
        ),
    ]
