from django.db import migrations

from search.models import as_compared


def compare_anew(apps, schema_editor):
    for row in apps.get_model("search", "PromotedResult").objects.all():
        row.asked = as_compared(row.questions)
        row.save(update_fields=["asked"])


class Migration(migrations.Migration):
    """Promotions keep their questions without small words; there are more of these now."""

    dependencies = [("search", "0003_stems_in_the_admins_search")]

    operations = [migrations.RunPython(compare_anew, migrations.RunPython.noop)]
