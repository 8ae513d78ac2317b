from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "quorate.apps.credentials"
    label = "credentials"
