from django.db import migrations

# Wagtail's log of pages and of everything else in the admin: written once, like the network's
# events. Only the name of what an entry is about may give way to "[erased]", and the type of
# something that no longer exists to nothing. SQLite refuses no deletion, as for events.
LOGS = ("wagtailcore_pagelogentry", "wagtailcore_modellogentry")
SQLITE = """
CREATE TRIGGER {log}_not_edited
BEFORE UPDATE OF label, action, data, timestamp, user_id, object_id, uuid ON {log}
WHEN NOT (
    NEW.label = '[erased]' AND NEW.action = OLD.action AND NEW.data = OLD.data
    AND NEW.timestamp = OLD.timestamp AND NEW.user_id IS OLD.user_id
    AND NEW.object_id IS OLD.object_id AND NEW.uuid IS OLD.uuid
)
BEGIN SELECT RAISE(ABORT, 'log entries are not edited'); END
"""
FUNCTION = """
CREATE FUNCTION portal_log_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.label = '[erased]' OR NEW.label = OLD.label)
            AND to_jsonb(NEW) - 'label' - 'content_type_id'
              = to_jsonb(OLD) - 'label' - 'content_type_id'
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'log entries are neither edited nor deleted';
END
$$ LANGUAGE plpgsql
"""
POSTGRESQL = """
CREATE TRIGGER {log}_not_changed BEFORE UPDATE OR DELETE ON {log}
FOR EACH ROW EXECUTE FUNCTION portal_log_refuse()
"""


def guard(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for log in LOGS:
                columns = SQLITE if "model" in log else SQLITE.replace("object_id", "page_id")
                cursor.execute(columns.format(log=log))
        else:
            cursor.execute(FUNCTION)
            for log in LOGS:
                cursor.execute(POSTGRESQL.format(log=log))


def unguard(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for log in LOGS:
                cursor.execute(f"DROP TRIGGER {log}_not_edited")
        else:
            for log in LOGS:
                cursor.execute(f"DROP TRIGGER {log}_not_changed ON {log}")
            cursor.execute("DROP FUNCTION portal_log_refuse")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0014_job_runs"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(guard, unguard)]
