"""The database refuses to change, delete or truncate minutes, and what tellers counted."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER motions_minutes_no_change BEFORE UPDATE OR DELETE ON motions_minutes
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_minutes_no_truncate BEFORE TRUNCATE ON motions_minutes
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_hands_no_change BEFORE UPDATE OR DELETE ON motions_hands
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_hands_no_truncate BEFORE TRUNCATE ON motions_hands
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER motions_hands_no_truncate ON motions_hands;
DROP TRIGGER motions_hands_no_change ON motions_hands;
DROP TRIGGER motions_minutes_no_truncate ON motions_minutes;
DROP TRIGGER motions_minutes_no_change ON motions_minutes;
"""


class Migration(migrations.Migration):
    dependencies = (("motions", "0005_meetings"), ("ballots", "0002_audit_is_append_only"))
    operations = (migrations.RunSQL(FORWARDS, BACKWARDS),)
