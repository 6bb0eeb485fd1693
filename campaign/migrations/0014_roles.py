"""Name the groups after the roles, and keep the review dates of landing pages in their versions."""

from django.db import migrations


def rename(apps, schema_editor):
    """Make Wagtail's moderators publishers, and add the authors."""
    Group = apps.get_model("auth", "Group")
    if not Group.objects.filter(name="Publishers").exists():
        Group.objects.filter(name="Moderators").update(name="Publishers")
    for name in ("Publishers", "Authors"):
        Group.objects.get_or_create(name=name)


def rename_back(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Group.objects.filter(name="Publishers").update(name="Moderators")


def keep_dates(apps, schema_editor):
    """Carry `review_on` over to its new name in every saved version of a content page."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind = ContentType.objects.filter(app_label="campaign", model="contentpage").first()
    versions = apps.get_model("wagtailcore", "Revision").objects.filter(content_type=kind)
    for version in versions if kind else []:
        if "review_on" in version.content:
            version.content["review_date"] = version.content.pop("review_on")
            version.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0013_reviews"),
        ("search", "0003_asked_as"),
        ("network", "0003_wording_and_managers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0002_initial_data"),
        ("wagtailimages", "0002_initial_data"),
    ]

    operations = [
        migrations.RunPython(rename, rename_back),
        migrations.RunPython(keep_dates, migrations.RunPython.noop),
    ]
