"""The database refuses to change, delete or truncate what happened to a motion, or stands in the register."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER motions_entry_no_change BEFORE UPDATE OR DELETE ON motions_motionentry
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_entry_no_truncate BEFORE TRUNCATE ON motions_motionentry
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_register_no_change BEFORE UPDATE OR DELETE ON motions_registerentry
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_register_no_truncate BEFORE TRUNCATE ON motions_registerentry
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER motions_register_no_truncate ON motions_registerentry;
DROP TRIGGER motions_register_no_change ON motions_registerentry;
DROP TRIGGER motions_entry_no_truncate ON motions_motionentry;
DROP TRIGGER motions_entry_no_change ON motions_motionentry;
"""


class Migration(migrations.Migration):
    dependencies = (("motions", "0001_initial"), ("ballots", "0002_audit_is_append_only"))
    operations = (migrations.RunSQL(FORWARDS, BACKWARDS),)
