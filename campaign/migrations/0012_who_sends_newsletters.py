"""Network managers send newsletters and see supporters; moderators and editors write newsletters."""

from django.db import migrations

MAY = {
    "Network managers": {
        "newsletter": ["view", "add", "change", "delete", "send"],
        "supporter": ["view", "delete"],
        "councilask": ["view"],
    },
    "Moderators": {"newsletter": ["view", "add", "change"]},
    "Editors": {"newsletter": ["view", "add", "change"]},
}


def forwards(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for name, models in MAY.items():
        group, _ = Group.objects.get_or_create(name=name)
        for model, verbs in models.items():
            kind, _ = ContentType.objects.get_or_create(app_label="campaign", model=model)
            for verb in verbs:
                codename = f"{verb}_{model}"
                permission, _ = Permission.objects.get_or_create(
                    content_type=kind, codename=codename, defaults={"name": f"Can {verb} {model}"}
                )
                group.permissions.add(permission)


def backwards(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="campaign", content_type__model__in=MAY["Network managers"]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=MAY):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0011_supporters"),
        ("network", "0003_wording_and_managers"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
