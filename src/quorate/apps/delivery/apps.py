from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "quorate.apps.delivery"
    label = "delivery"
