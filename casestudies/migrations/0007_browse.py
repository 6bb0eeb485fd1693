from django.db import migrations, models


def number(apps, schema_editor):
    """Give each case study the numbers of its principles."""
    model = apps.get_model("casestudies", "CaseStudyPage")
    numbers = {}
    links = model.principles.through.objects.order_by("principle__number")
    for page, principle in links.values_list("casestudypage", "principle__number"):
        numbers[page] = f"{numbers.get(page, '')}{principle}"
    for page, text in numbers.items():
        model.objects.filter(pk=page).update(principle_numbers=text)


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0006_stories_in_blocks"),
        ("principles", "0002_six_principles"),
    ]

    operations = [
        migrations.AddField(
            model_name="casestudypage",
            name="principle_numbers",
            field=models.CharField(default="", editable=False, max_length=6),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="casestudypage",
            index=models.Index(
                fields=[
                    "council",
                    "principle_numbers",
                    "theme",
                    "cost_band",
                    "procurement_route",
                    "status",
                    "began",
                    "completeness",
                    "as_at",
                ],
                name="case_studies_listed",
            ),
        ),
    ]
