from django.db import migrations

# The last line of defence below Event.save(): the database itself refuses.
# SQLite has no deletion trigger, since Django's test flush deletes row by row there;
# PostgreSQL's flush truncates, which a row trigger lets pass.
SQLITE = """
CREATE TRIGGER network_event_not_edited BEFORE UPDATE ON network_event
BEGIN SELECT RAISE(ABORT, 'events are not edited'); END
"""
POSTGRESQL = """
CREATE FUNCTION network_event_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'events are neither edited nor deleted'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER network_event_not_changed BEFORE UPDATE OR DELETE ON network_event
FOR EACH ROW EXECUTE FUNCTION network_event_refuse();
"""


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[vendor])


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER network_event_not_edited")
    else:
        schema_editor.execute("DROP TRIGGER network_event_not_changed ON network_event")
        schema_editor.execute("DROP FUNCTION network_event_refuse")


class Migration(migrations.Migration):
    dependencies = [("network", "0001_joining_and_belonging")]

    operations = [migrations.RunPython(guard, unguard)]
