"""A picture of our own, with credit and rights; Wagtail's images become pictures."""

# ruff: noqa: S608
import django.db.models.deletion
import modelsearch.index
import taggit.managers
import wagtail.images.models
import wagtail.models.media
from django.conf import settings
from django.core.management.color import no_style
from django.db import migrations, models

IMAGE = "id, title, file, description, width, height, created_at, uploaded_by_user_id, collection_id, focal_point_x, focal_point_y, focal_point_width, focal_point_height, file_size, file_hash"
RENDITION = "id, image_id, filter_spec, file, width, height, focal_point_key"


def copy_images(apps, schema_editor):
    """Copy every image and its renditions with the same ids, so that all references hold."""
    run = schema_editor.execute
    run(
        f"INSERT INTO portal_picture ({IMAGE}, credit, rights) SELECT {IMAGE}, '', '' FROM wagtailimages_image"
    )
    run(
        f"INSERT INTO portal_rendition ({RENDITION}) SELECT {RENDITION} FROM wagtailimages_rendition"
    )
    copied = [apps.get_model("portal", "Picture"), apps.get_model("portal", "Rendition")]
    for sql in schema_editor.connection.ops.sequence_reset_sql(no_style(), copied):
        run(sql)
    kinds = apps.get_model("contenttypes", "ContentType").objects
    was = kinds.filter(app_label="wagtailimages", model="image").first()
    if was is None:
        return
    now = kinds.get_or_create(app_label="portal", model="picture")[0]
    for app, model, fields in [
        ("taggit", "TaggedItem", ["content_type"]),
        ("wagtailcore", "ModelLogEntry", ["content_type"]),
        ("wagtailcore", "ReferenceIndex", ["content_type", "base_content_type", "to_content_type"]),
    ]:
        for field in fields:
            apps.get_model(app, model).objects.filter(**{field: was}).update(**{field: now})


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_signs_of_life"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                (
                    "file",
                    wagtail.images.models.WagtailImageField(
                        height_field="height",
                        upload_to=wagtail.images.models.get_upload_to,
                        verbose_name="file",
                        width_field="width",
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="description"
                    ),
                ),
                ("width", models.IntegerField(editable=False, verbose_name="width")),
                ("height", models.IntegerField(editable=False, verbose_name="height")),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True, db_index=True, verbose_name="created at"
                    ),
                ),
                ("focal_point_x", models.PositiveIntegerField(blank=True, null=True)),
                ("focal_point_y", models.PositiveIntegerField(blank=True, null=True)),
                ("focal_point_width", models.PositiveIntegerField(blank=True, null=True)),
                ("focal_point_height", models.PositiveIntegerField(blank=True, null=True)),
                ("file_size", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "file_hash",
                    models.CharField(blank=True, db_index=True, editable=False, max_length=40),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True,
                        help_text="Who made it, as they wish to be named. We show this under the picture.",
                        max_length=160,
                    ),
                ),
                (
                    "rights",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ours", "We made it"),
                            ("permission", "Its owner gave us permission"),
                            ("ogl", "Open Government Licence v3.0"),
                            ("cc-by", "Creative Commons Attribution (CC BY 4.0)"),
                            ("cc-by-sa", "Creative Commons Attribution-ShareAlike (CC BY-SA 4.0)"),
                            ("public-domain", "Public domain or CC0"),
                        ],
                        max_length=20,
                        verbose_name="why we can publish it",
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        default=wagtail.models.media.get_root_collection_id,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wagtailcore.collection",
                        verbose_name="collection",
                    ),
                ),
                (
                    "tags",
                    taggit.managers.TaggableManager(
                        blank=True,
                        help_text=None,
                        through="taggit.TaggedItem",
                        to="taggit.Tag",
                        verbose_name="tags",
                    ),
                ),
                (
                    "uploaded_by_user",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by user",
                    ),
                ),
            ],
            options={"verbose_name": "picture", "abstract": False},
            bases=(wagtail.images.models.ImageFileMixin, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("filter_spec", models.CharField(db_index=True, max_length=255)),
                (
                    "file",
                    wagtail.images.models.WagtailImageField(
                        height_field="height",
                        storage=wagtail.images.models.get_rendition_storage,
                        upload_to=wagtail.images.models.get_rendition_upload_to,
                        width_field="width",
                    ),
                ),
                ("width", models.IntegerField(editable=False)),
                ("height", models.IntegerField(editable=False)),
                (
                    "focal_point_key",
                    models.CharField(blank=True, default="", editable=False, max_length=16),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="renditions",
                        to="portal.picture",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image", "filter_spec", "focal_point_key"),
                        name="one_rendition_each",
                    )
                ]
            },
            bases=(wagtail.images.models.ImageFileMixin, models.Model),
        ),
        migrations.RunPython(copy_images, migrations.RunPython.noop),
    ]
