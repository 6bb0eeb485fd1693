from django.db import migrations

VERBS = ["view", "add", "change", "delete"]


def forwards(apps, schema_editor):
    managers = apps.get_model("auth", "Group").objects.filter(name="Network managers").first()
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    kind, _ = ContentType.objects.get_or_create(app_label="network", model="preelectionperiod")
    for verb in VERBS:
        permission, _ = Permission.objects.get_or_create(
            content_type=kind,
            codename=f"{verb}_preelectionperiod",
            defaults={"name": f"Can {verb} pre election period"},
        )
        if managers:
            managers.permissions.add(permission)


def backwards(apps, schema_editor):
    managers = apps.get_model("auth", "Group").objects.filter(name="Network managers").first()
    Permission = apps.get_model("auth", "Permission")
    if managers:
        managers.permissions.remove(
            *Permission.objects.filter(codename__endswith="_preelectionperiod")
        )


class Migration(migrations.Migration):
    dependencies = [("network", "0004_joining_with_colleagues")]

    operations = [migrations.RunPython(forwards, backwards)]
