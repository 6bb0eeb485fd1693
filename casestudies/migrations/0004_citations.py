"""Citations in texts become `[[label]]`, from links to the source's place on the page."""

import re

from django.db import migrations, models

LINK = re.compile(r'\(<a href="#source-[^"]*">([^<]*)</a>\)')
TEXTS = (
    "the_problem",
    "what_they_did",
    "on_the_figures",
    "what_was_hard",
    "what_it_took",
    "tips",
)


def rewrite(apps, schema_editor):
    """Rewrite pages, and drafts that are newer than their page."""
    CaseStudyPage = apps.get_model("casestudies", "CaseStudyPage")
    Revision = apps.get_model("wagtailcore", "Revision")
    for page in CaseStudyPage.objects.all():
        for name in TEXTS:
            setattr(page, name, LINK.sub(r"[[\1]]", getattr(page, name)))
        page.save(update_fields=TEXTS)
        for revision in Revision.objects.filter(pk=page.latest_revision_id):
            for name in TEXTS:
                revision.content[name] = LINK.sub(r"[[\1]]", revision.content.get(name, ""))
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0003_drafts_without_council"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="source",
            name="label",
            field=models.CharField(
                help_text="Short, as you would say it: “LocalGov, 2019”. Figures name their source with it, and texts cite it with [[LocalGov, 2019]].",
                max_length=60,
            ),
        ),
    ]
