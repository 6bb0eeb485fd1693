"""The home page as bands, and the navigation; what editors wrote moves into the bands."""

import json
from typing import Any
from uuid import uuid4

import wagtail.fields
from django.db import migrations, models

STEPS = (
    (
        "An officer starts the application",
        "They choose the council and confirm their work email address. You can save your progress "
        "and come back.",
    ),
    (
        "You name 2 champions",
        "One lead councillor and one senior officer, who will champion the principles.",
    ),
    (
        "2 people sign",
        "The leader and the chief executive each sign from a link we email them. Neither needs an "
        "account.",
    ),
    (
        "We announce your council",
        "We check the application and set a date. Your council appears on the map that day.",
    ),
)


def _items(values: list[Any]) -> list[dict[str, Any]]:
    return [{"type": "item", "value": value, "id": str(uuid4())} for value in values]


def _bands(title: str, text: str, case_studies: list[int]) -> list[dict[str, Any]]:
    """Return the home page as it was, as bands."""
    join = {"text": "Join as a council", "page": None, "address": "/join/"}
    bands: dict[str, dict[str, Any]] = {
        "hero": {
            "title": title,
            "text": text,
            "links": _items([join]),
            "has_finder": True,
            "has_map": True,
        },
        "calculator_invitation": {
            "title": "A pound that keeps on working",
            "text": "<p>When a community organisation earns a pound, it pays people and suppliers. "
            "Some of them live and trade nearby, and spend part of it nearby again.</p>"
            "<p>Work out what your own money does: how much stays local, how much leaves, and how "
            "certain the figures are.</p>",
            "button": "Try the multiplier",
        },
        "principles": {"title": "Six principles, one way of working"},
        "case_studies": {
            "title": "What councils have done, and the results",
            "case_studies": _items(case_studies),
        },
        "whats_new": {"title": "What is new", "how_many": 6},
        "how_to_join": {
            "kicker": "No fee",
            "title": "How a council joins",
            "steps": _items([{"title": title, "text": text} for title, text in STEPS]),
            "links": _items([{**join, "text": "Start now"}]),
        },
    }
    return [{"type": name, "value": value, "id": str(uuid4())} for name, value in bands.items()]


def move_into_bands(apps: Any, schema_editor: Any) -> None:
    """Make bands of the live page and of each of its revisions, drafts among them."""
    home_page = apps.get_model("campaign", "HomePage")
    chosen = apps.get_model("campaign", "ChosenCaseStudy")
    for page in home_page.objects.all():
        rows = chosen.objects.filter(page=page).exclude(case_study=None).order_by("sort_order")
        studies = list(rows.values_list("case_study_id", flat=True))
        bands = _bands(page.hero_title, page.hero_text, studies)
        as_json = models.Value(bands, output_field=models.JSONField())
        home_page.objects.filter(pk=page.pk).update(body=as_json)
    revisions = apps.get_model("wagtailcore", "Revision").objects
    kind = {"content_type__app_label": "campaign", "content_type__model": "homepage"}
    for revision in revisions.filter(**kind).iterator(chunk_size=50):
        content = revision.content
        rows = content.pop("chosen_case_studies", None) or []
        studies = [row["case_study"] for row in rows if row.get("case_study")]
        title, text = content.pop("hero_title", ""), content.pop("hero_text", "")
        content["body"] = json.dumps(_bands(title, text, studies))
        revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    """Add the fields, move what editors wrote, and take the old fields away."""

    dependencies = [
        ("campaign", "0006_timelines"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        # What the stream holds is set by the next migration.
        migrations.AddField(
            model_name="homepage",
            name="body",
            field=wagtail.fields.StreamField([], blank=True, default=list),
            preserve_default=False,
        ),
        migrations.RunPython(move_into_bands, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="homepage", name="hero_text"),
        migrations.RemoveField(model_name="homepage", name="hero_title"),
        migrations.DeleteModel(name="ChosenCaseStudy"),
        migrations.CreateModel(
            name="Navigation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("header", wagtail.fields.StreamField([], blank=True)),
                ("footer", wagtail.fields.StreamField([], blank=True)),
            ],
            options={
                "verbose_name": "header and footer",
                "verbose_name_plural": "header and footer",
            },
        ),
    ]
