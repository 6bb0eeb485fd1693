"""What they did becomes a story in blocks, and each figure gets a name of its own."""

import json
import re
from html import unescape
from uuid import uuid4

from django.db import migrations

HEADING = re.compile(r"<h3[^>]*>(.*?)</h3>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def blocks_of(html):
    """Return the stored form of a story for a rich text: its h3 become headings."""
    blocks = []
    for n, piece in enumerate(HEADING.split(html)):
        value = unescape(TAG.sub("", piece)).strip() if n % 2 else piece.strip()
        if value:
            kind = "heading" if n % 2 else "paragraph"
            blocks.append({"type": kind, "value": value, "id": str(uuid4())})
    return blocks


def rewrite(apps, schema_editor):
    """Rewrite pages, and every revision of them, because any can still be published."""
    CaseStudyPage = apps.get_model("casestudies", "CaseStudyPage")
    Result = apps.get_model("casestudies", "Result")
    Revision = apps.get_model("wagtailcore", "Revision")
    keys = {}
    for result in Result.objects.all():
        result.key = keys[result.pk] = uuid4()
        result.save(update_fields=["key"])
    for page in CaseStudyPage.objects.all():
        story = blocks_of(page.what_they_did)
        hard = [] if page.what_was_hard else ["what_was_hard"]
        page.story, page.nothing_found = json.dumps(story), hard
        page.version = 1 if page.live else 0
        page.save(update_fields=["story", "nothing_found", "version"])
        revisions = Revision.objects.filter(
            content_type__app_label="casestudies",
            content_type__model="casestudypage",
            object_id=str(page.pk),
        )
        for revision in revisions:
            content = revision.content
            content["story"] = json.dumps(blocks_of(content.pop("what_they_did", "") or ""))
            content["steps"] = "[]"
            content["advice"] = content.pop("tips", "")
            if not content.get("what_was_hard"):
                content["nothing_found"] = ["what_was_hard"]
            for result in content.get("results", []):
                result["key"] = str(keys.get(result.get("pk")) or uuid4())
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0005_whole_structure"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop),
        migrations.RemoveField(model_name="casestudypage", name="what_they_did"),
    ]
