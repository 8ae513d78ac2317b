from __future__ import annotations

from django.apps import AppConfig


class MotionsConfig(AppConfig):
    name = "quorate.apps.motions"
    label = "motions"

    def ready(self) -> None:
        """Ballots of a stage are prepared and opened on the motion's text only."""
        from quorate.apps.ballots import guards
        from quorate.apps.motions.stage_ballots import check_opening, check_preparing

        guards.BEFORE_PREPARING.append(check_preparing)
        guards.BEFORE_OPENING.append(check_opening)
