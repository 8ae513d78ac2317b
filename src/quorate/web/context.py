"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from quorate import __version__


def site(request: HttpRequest) -> dict[str, Any]:
    """``quorate_version``; ``reference`` of this request, which people quote when they ask for help."""
    return {"quorate_version": __version__, "reference": getattr(request, "reference", "")}
