"""The database refuses to change, delete or truncate what the organisation's audit trail says."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION organisation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER organisation_event_no_change BEFORE UPDATE OR DELETE ON organisation_event
    FOR EACH ROW EXECUTE FUNCTION organisation_refuse_change();
CREATE TRIGGER organisation_event_no_truncate BEFORE TRUNCATE ON organisation_event
    FOR EACH STATEMENT EXECUTE FUNCTION organisation_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER organisation_event_no_truncate ON organisation_event;
DROP TRIGGER organisation_event_no_change ON organisation_event;
DROP FUNCTION organisation_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("organisation", "0003_corrections_and_trail"),)
    operations = (migrations.RunSQL(FORWARDS, BACKWARDS),)
