from django.db import migrations, models

TABLES = ("councils_council", "councils_councilalias", "councils_succession")

# Every write to what names are looked up in leaves another stamp, in the same transaction,
# whatever wrote it: a form, a bulk insert or a hand in the database.
SQLITE = """
CREATE TRIGGER {table}_stamped_on_{verb} AFTER {verb} ON {table}
BEGIN
    INSERT OR REPLACE INTO councils_registerstamp (id, stamp)
    VALUES (1, lower(hex(randomblob(16))));
END
"""
POSTGRESQL = """
CREATE FUNCTION councils_stamp() RETURNS trigger AS $$
BEGIN
    INSERT INTO councils_registerstamp (id, stamp)
    VALUES (1, replace(gen_random_uuid()::text, '-', ''))
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_stamped AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION councils_stamp()
"""


def stamp(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                schema_editor.execute(SQLITE.format(table=table, verb=verb))
        return
    schema_editor.execute(POSTGRESQL)
    for table in TABLES:
        schema_editor.execute(POSTGRESQL_TRIGGER.format(table=table))


def unstamp(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER {table}_stamped_on_{verb}")
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_stamped ON {table}")
    schema_editor.execute("DROP FUNCTION councils_stamp")


class Migration(migrations.Migration):
    dependencies = [("councils", "0001_register")]

    operations = [
        migrations.AddField(
            model_name="succession",
            name="source",
            field=models.CharField(
                blank=True, help_text="The law or decision behind it.", max_length=200
            ),
        ),
        migrations.CreateModel(
            name="RegisterStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stamp", models.CharField(max_length=32)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(stamp, unstamp),
    ]
