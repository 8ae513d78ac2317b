"""The registry's own schema and role. Where the site's role may not make them, hosted mode says what to do."""

from contextlib import suppress

from django.db import migrations

from quorate.apps.credentials import schema
from quorate.apps.credentials.errors import RegistryUnavailable


def forwards(apps: object, editor: object) -> None:
    """Try; a site that makes its codes offline needs none of it."""
    with suppress(RegistryUnavailable):
        schema.install()


def backwards(apps: object, editor: object) -> None:
    """Everything sealed in it is lost."""
    schema.remove()


class Migration(migrations.Migration):
    operations = (migrations.RunPython(forwards, backwards),)
