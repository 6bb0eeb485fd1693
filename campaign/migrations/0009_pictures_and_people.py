"""News shows pictures of our own model, whose credit is kept with them; people."""

import django.db.models.deletion
import modelsearch.index
from django.db import migrations, models
from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import BaseBlockOperation, RenameStreamChildrenOperation


def settle_pictures(apps, schema_editor):
    """Keep credits with the pictures, and call those without words decorative, as readers saw them.

    A draft without words is asked for them when it is published.
    """
    pictures = apps.get_model("portal", "Picture").objects
    news = apps.get_model("campaign", "NewsPage").objects
    shown = news.exclude(picture=None)
    shown.filter(picture_alt="").update(picture_is_decorative=True)
    credits = list(shown.values_list("picture_id", "picture_credit"))
    revisions = apps.get_model("wagtailcore", "Revision").objects.filter(
        content_type__app_label="campaign", content_type__model="newspage"
    )
    for revision in revisions.iterator():
        content = revision.content
        if not content.get("picture"):
            continue
        credits.append((content["picture"], content.pop("picture_credit", "")))
        revision.save(update_fields=["content"])
    for picture, credit in credits:
        if credit:
            pictures.filter(pk=picture, credit="").update(credit=credit)
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table before that


def forget_images(apps, schema_editor):
    """Delete the rows that became pictures; their files stay, because pictures have them now."""
    apps.get_model("wagtailimages", "Image").objects.all().delete()
    schema_editor.connection.check_constraints()


class ToPageCards(BaseBlockOperation):
    """Make cards of case studies cards of pages, which any page can be."""

    operation_name_fragment = "to_page_cards"

    def apply(self, block_value):
        """Return the value of the new block."""
        chosen = block_value.get("case_studies", [])
        pages = [each["value"] if isinstance(each, dict) else each for each in chosen]
        no_picture = {"image": None, "alt_text": None, "decorative": None}
        return {
            "title": block_value.get("title", ""),
            "cards": [
                {"type": "page", "value": {"page": page, "picture": no_picture}} for page in pages
            ],
        }


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0007_bands"),
        ("portal", "0010_pictures"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.AlterField(
            model_name="newspage",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="portal.picture",
            ),
        ),
        migrations.AddField(
            model_name="newspage",
            name="picture_is_decorative",
            field=models.BooleanField(
                default=False,
                help_text="Select this if it tells nothing that the text does not.",
                verbose_name="the picture is decorative",
            ),
        ),
        migrations.AlterField(
            model_name="newspage",
            name="picture_alt",
            field=models.CharField(
                blank=True,
                help_text="What the picture shows, for people who cannot see it.",
                max_length=250,
                verbose_name="picture in words",
            ),
        ),
        migrations.RunPython(settle_pictures, migrations.RunPython.noop),
        migrations.RemoveField(model_name="newspage", name="picture_credit"),
        migrations.RunPython(forget_images, migrations.RunPython.noop),
        *(
            MigrateStreamData(
                "campaign",
                model,
                "body",
                [
                    (ToPageCards(), "case_study_cards"),
                    (RenameStreamChildrenOperation("case_study_cards", "cards"), ""),
                ],
            )
            for model in ("contentpage", "newspage", "eventpage")
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="As they wish to be named.", max_length=120)),
                (
                    "role",
                    models.CharField(
                        help_text="Their role or job title on the day below.", max_length=160
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=160)),
                (
                    "as_at",
                    models.DateField(
                        help_text="The day you last checked their role. People leave: we show it.",
                        verbose_name="role as at",
                    ),
                ),
                (
                    "words",
                    models.TextField(
                        blank=True,
                        help_text="What they do here, or what readers can ask them.",
                        max_length=300,
                        verbose_name="in a sentence or two",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Public. Use a team’s or work address, never a private one.",
                        max_length=254,
                    ),
                ),
                (
                    "link",
                    models.URLField(
                        blank=True, help_text="Their page on their organisation’s website."
                    ),
                ),
                (
                    "has_agreed",
                    models.BooleanField(
                        default=False,
                        help_text="Ask them first, and keep their answer. If they change their mind, delete them here, and they are gone from every page.",
                        verbose_name="they agreed to be shown here",
                    ),
                ),
                (
                    "portrait",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="portal.picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("has_agreed", True)), name="people_have_agreed"
                    )
                ],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
    ]
