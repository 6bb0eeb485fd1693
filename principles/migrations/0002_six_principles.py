"""The six principles, in their fixed order.

`name` is the wording Locality published on 3 March 2020 (Government Business, "Trailblazer
councils commit to keeping it local"); `short_name` and `aim` are ours.
"""

from django.db import migrations

THE_SIX = [
    (
        "whole-system",
        "Think about the whole system and not individual service silos",
        "Whole system",
        "Look at a whole life, not one department’s share of it.",
    ),
    (
        "neighbourhood",
        "Coordinate services at the neighbourhood level",
        "Neighbourhood",
        "Start from where people live.",
    ),
    (
        "local-spend",
        "Increase local spend to invest in the local economy",
        "Local spend",
        "Know what is spent locally, and raise it.",
    ),
    (
        "early-intervention",
        "Focus on early intervention now to save costs tomorrow",
        "Early intervention",
        "Help before there is a crisis to pay for.",
    ),
    (
        "commit-to-community",
        "Commit to your community and proactively support local organisations",
        "Commit to community",
        "Value local organisations for what they are, not only for what they deliver.",
    ),
    (
        "local-by-default",
        "Commission services simply and collaboratively so they are “local by default”",
        "Local by default",
        "Look close to home first, and keep buying simple.",
    ),
]


def make_the_six(apps, schema_editor):
    principles = apps.get_model("principles", "Principle").objects
    for number, (slug, name, short_name, aim) in enumerate(THE_SIX, start=1):
        principles.get_or_create(
            number=number,
            defaults={"slug": slug, "name": name, "short_name": short_name, "aim": aim},
        )


class Migration(migrations.Migration):
    dependencies = [("principles", "0001_principles")]

    # Nothing to undo: taking the tables away takes the rows away.
    operations = [migrations.RunPython(make_the_six, migrations.RunPython.noop)]
