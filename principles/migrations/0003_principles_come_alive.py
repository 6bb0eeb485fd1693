"""Examples and prompts become blocks; figures, reading and the comparison are new."""

import json

import wagtail.fields
from django.db import migrations, models

EXAMPLE = ("place", "text", "as_at", "source_title", "source_url")


def move_into_blocks(apps, schema_editor):
    """Move each page's examples and prompts, and those of its versions, into blocks."""
    revisions = apps.get_model("wagtailcore", "Revision").objects.filter(
        content_type__app_label="principles", content_type__model="principlepage"
    )
    for page in apps.get_model("principles", "PrinciplePage").objects.all():
        examples = apps.get_model("principles", "Example").objects.filter(page=page.pk)
        prompts = apps.get_model("principles", "Prompt").objects.filter(page=page.pk)
        page.in_practice = _examples(examples.values())
        page.questions = _questions(prompts.values())
        page.save(update_fields=["in_practice", "questions"])
        for revision in revisions.filter(object_id=str(page.pk)):
            content = revision.content
            content["in_practice"] = json.dumps(_examples(content.pop("examples", [])))
            content["questions"] = json.dumps(_questions(content.pop("prompts", [])))
            revision.save(update_fields=["content"])


def _examples(rows):
    return [{"type": "example", "value": {name: row[name] for name in EXAMPLE}} for row in rows]


def _questions(rows):
    return [{"type": "question", "value": row["text"]} for row in rows]


class Migration(migrations.Migration):
    dependencies = [
        ("principles", "0002_six_principles"),
    ]

    operations = [
        migrations.AddField(
            model_name="principlepage",
            name="chosen_figures",
            field=wagtail.fields.StreamField(
                [("figure", 2)],
                blank=True,
                block_lookup={
                    0: ("wagtail.blocks.PageChooserBlock", ("casestudies.CaseStudyPage",), {}),
                    1: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "As it is on the case study: “£2.43”. Leave blank for its first figure.",
                            "max_length": 40,
                            "required": False,
                        },
                    ),
                    2: ("wagtail.blocks.StructBlock", [[("case_study", 0), ("figure", 1)]], {}),
                },
                help_text="If you choose none, the page shows the first figure of the case studies about this principle that were confirmed most recently",
                verbose_name="figures",
            ),
        ),
        migrations.AddField(
            model_name="principlepage",
            name="in_practice",
            field=wagtail.fields.StreamField(
                [("example", 7)],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "The council or body it is from. For example, Kirklees",
                            "max_length": 80,
                        },
                    ),
                    1: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Their exact words, fewer than 25 of them, without quotation marks.",
                            "label": "Quotation",
                            "max_length": 250,
                            "required": False,
                            "rows": 1,
                        },
                    ),
                    2: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Who said it, with their role at the time: Cathy Scott, Deputy Leader.",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    3: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "What they did, or when they said it, in our words.",
                            "max_length": 600,
                            "required": False,
                        },
                    ),
                    4: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "The date of the fact or its source: March 2020. If there is none: undated.",
                            "max_length": 80,
                        },
                    ),
                    5: ("wagtail.blocks.CharBlock", (), {"max_length": 160}),
                    6: (
                        "wagtail.blocks.URLBlock",
                        (),
                        {"label": "Source’s web address", "max_length": 400, "required": False},
                    ),
                    7: (
                        "wagtail.blocks.StructBlock",
                        [
                            [
                                ("place", 0),
                                ("quote", 1),
                                ("said_by", 2),
                                ("text", 3),
                                ("as_at", 4),
                                ("source_title", 5),
                                ("source_url", 6),
                            ]
                        ],
                        {},
                    ),
                },
                help_text="What places say in their own words, and what they did in ours",
            ),
        ),
        migrations.AddField(
            model_name="principlepage",
            name="less_of",
            field=models.CharField(
                blank=True,
                help_text="For the comparison of the six: what a council does less of. For example, judging a contract by its price alone",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="principlepage",
            name="more_of",
            field=models.CharField(
                blank=True, help_text="And what it does more of instead", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="principlepage",
            name="questions",
            field=wagtail.fields.StreamField(
                [("question", 0)],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"icon": "help", "max_length": 250, "rows": 1},
                    )
                },
                help_text="6 to 8 plain questions that anyone can ask their own council. They print on one sheet. The first is in the comparison of the six",
                verbose_name="questions for a meeting",
            ),
        ),
        migrations.AddField(
            model_name="principlepage",
            name="reading",
            field=wagtail.fields.StreamField(
                [("publication", 5)],
                blank=True,
                block_lookup={
                    0: ("wagtail.blocks.CharBlock", (), {"max_length": 200}),
                    1: ("wagtail.blocks.CharBlock", (), {"max_length": 120}),
                    2: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "As exact as the publication: 29 June 2022. If it has no date: undated.",
                            "max_length": 80,
                        },
                    ),
                    3: ("wagtail.blocks.URLBlock", (), {"label": "Web address", "max_length": 400}),
                    4: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "One sentence, in our words.",
                            "label": "What it is good for",
                            "max_length": 250,
                        },
                    ),
                    5: (
                        "wagtail.blocks.StructBlock",
                        [
                            [
                                ("title", 0),
                                ("publisher", 1),
                                ("published", 2),
                                ("url", 3),
                                ("why", 4),
                            ]
                        ],
                        {},
                    ),
                },
                verbose_name="further reading",
            ),
        ),
        migrations.AlterField(
            model_name="principlepage",
            name="meaning",
            field=wagtail.fields.RichTextField(
                help_text="What it means, short and plain, with the source of each fact"
            ),
        ),
        migrations.RunPython(move_into_blocks, migrations.RunPython.noop),
        migrations.DeleteModel(
            name="Example",
        ),
        migrations.DeleteModel(
            name="Prompt",
        ),
    ]
