from __future__ import annotations

from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "quorate.apps.ballots"
    label = "ballots"
