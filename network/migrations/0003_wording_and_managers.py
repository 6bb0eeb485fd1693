from django.db import migrations

# Ours, until the network approves one (domain.md 2.7 is our own design, too). Signatories
# see it marked as a draft; outside DEBUG nobody is asked to sign it.
WORDING = """\
On behalf of {council}, we endorse the six Keep it Local principles. We will work to:

1. think about the whole system and not individual service silos;
2. coordinate services at the neighbourhood level;
3. increase local spend to invest in the local economy;
4. focus on early intervention now to save costs tomorrow;
5. commit to our community and proactively support local organisations;
6. commission services simply and collaboratively so they are “local by default”.

We see local community organisations as partners in better services, in prevention and in a stronger local economy.

We name two champions, a lead councillor and a senior officer, who will speak up for this way of working across the council.

We will hold an open conversation with local people and groups about what this means here, look honestly at our present practice together with the network, and share what we learn.

This endorsement creates no legal duty and costs no fee."""


MANAGERS_MAY = [
    ("councils", "council", ["view", "change"]),
    ("councils", "councilalias", ["view", "add", "change", "delete"]),
    ("councils", "councildomain", ["view", "add", "change", "delete"]),
    ("network", "preelectionperiod", ["view", "add", "change", "delete"]),
    ("portal", "siteoperator", ["change"]),
    ("portal", "outboxmessage", ["view"]),
]


def forwards(apps, schema_editor):
    apps.get_model("network", "EndorsementWording").objects.create(version=1, text=WORDING)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    sign_ups, _ = ContentType.objects.get_or_create(app_label="network", model="signup")
    review, _ = Permission.objects.get_or_create(
        content_type=sign_ups,
        codename="review_signup",
        defaults={"name": "Can review sign-ups"},
    )
    managers, _ = Group.objects.get_or_create(name="Network managers")
    managers.permissions.add(review, Permission.objects.get(codename="access_admin"))
    for app, model, verbs in MANAGERS_MAY:
        kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        for verb in verbs:
            permission, _ = Permission.objects.get_or_create(
                content_type=kind,
                codename=f"{verb}_{model}",
                defaults={"name": f"Can {verb} {model}"},
            )
            managers.permissions.add(permission)


def backwards(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="Network managers").delete()
    apps.get_model("network", "EndorsementWording").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_events_cannot_change"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("portal", "0001_accounts_mail_operator"),
        ("councils", "0001_register"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
