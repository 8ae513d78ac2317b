"""The database refuses to change, delete or truncate what the audit trail says."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION ballots_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ballots_audit_no_change BEFORE UPDATE OR DELETE ON ballots_auditevent
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER ballots_audit_no_truncate BEFORE TRUNCATE ON ballots_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER ballots_audit_no_truncate ON ballots_auditevent;
DROP TRIGGER ballots_audit_no_change ON ballots_auditevent;
DROP FUNCTION ballots_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("ballots", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARDS, BACKWARDS),)
