"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from quorate import __version__


def site(request: HttpRequest) -> dict[str, Any]:
    """``quorate_version``; ``reference`` of this request, which people quote when they ask for help.

    Officers' pages (`officers.access.officer`) know the ``organisation`` too, its name and help,
    and the ``officer_roles`` of the account there.
    """
    known: dict[str, Any] = {
        "quorate_version": __version__,
        "reference": getattr(request, "reference", ""),
    }
    organisation = getattr(request, "organisation", None)
    if organisation is not None:
        known |= {
            "organisation": organisation,
            "organisation_name": organisation.name,
            "organisation_help": organisation.help,
            "officer_roles": getattr(request, "officer_roles", frozenset()),
        }
    return known
