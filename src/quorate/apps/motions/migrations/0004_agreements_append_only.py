"""The database refuses to change, delete or truncate agreements, their versions and their ratification."""

from django.db import migrations

_TABLES = (
    ("agreement", "motions_agreementfile"),
    ("version", "motions_agreemententry"),
    ("round", "motions_agreementround"),
)
FORWARDS = "".join(
    f"""
CREATE TRIGGER motions_{name}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ballots_refuse_change();
CREATE TRIGGER motions_{name}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ballots_refuse_change();
"""
    for name, table in _TABLES
)
BACKWARDS = "".join(
    f"""
DROP TRIGGER motions_{name}_no_truncate ON {table};
DROP TRIGGER motions_{name}_no_change ON {table};
"""
    for name, table in _TABLES
)


class Migration(migrations.Migration):
    dependencies = (("motions", "0003_agreements"),)
    operations = (migrations.RunSQL(FORWARDS, BACKWARDS),)
