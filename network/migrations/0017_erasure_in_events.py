from django.db import migrations

# One change of an event is let through: that words about a person give way to "[erased]"
# (`portal.personal_data.ERASED`). Everything else of the row must stay as it was.
REDACTED = """
    (NEW.by_label = '[erased]' OR NEW.by_label = OLD.by_label)
    AND (NEW.why LIKE '%[erased]%' OR NEW.why = OLD.why)
    AND (NEW.by_label <> OLD.by_label OR NEW.why <> OLD.why)
"""
SQLITE = f"""
CREATE TRIGGER network_event_not_edited BEFORE UPDATE ON network_event
WHEN NOT (
    {REDACTED}
    AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.by_id IS OLD.by_id
    AND NEW.what = OLD.what AND NEW.old = OLD.old AND NEW.new = OLD.new
    AND NEW.sign_up_id IS OLD.sign_up_id AND NEW.membership_id IS OLD.membership_id
)
BEGIN SELECT RAISE(ABORT, 'events are not edited'); END
"""
SQLITE_BEFORE = """
CREATE TRIGGER network_event_not_edited BEFORE UPDATE ON network_event
BEGIN SELECT RAISE(ABORT, 'events are not edited'); END
"""
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION network_event_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {REDACTED}
            AND to_jsonb(NEW) - 'by_label' - 'why' = to_jsonb(OLD) - 'by_label' - 'why'
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are neither edited nor deleted';
END
$$ LANGUAGE plpgsql
"""
POSTGRESQL_BEFORE = """
CREATE OR REPLACE FUNCTION network_event_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'events are neither edited nor deleted'; END
$$ LANGUAGE plpgsql
"""


def let_erasure_through(apps, schema_editor):
    replace(schema_editor, SQLITE, POSTGRESQL)


def refuse_everything(apps, schema_editor):
    replace(schema_editor, SQLITE_BEFORE, POSTGRESQL_BEFORE)


def replace(schema_editor, on_sqlite, on_postgresql):
    # Without parameters, so that a percent sign is one.
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER network_event_not_edited")
            cursor.execute(on_sqlite)
        else:
            cursor.execute(on_postgresql)


class Migration(migrations.Migration):
    dependencies = [("network", "0016_messages")]

    operations = [migrations.RunPython(let_erasure_through, refuse_everything)]
