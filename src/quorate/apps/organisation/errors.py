"""What can go wrong with an organisation's data."""

from __future__ import annotations


class OrganisationError(Exception):
    """Base of these errors. The message says what is wrong and what to do."""


class UnknownOrganisation(OrganisationError, LookupError):
    """There is no organisation, body or roll of this name here."""


class NotYourRole(OrganisationError):
    """The account has no role that allows this."""


class ChangedMeanwhile(OrganisationError):
    """Somebody else saved a newer version of what was being edited; nothing was overwritten."""


class FieldProblem(OrganisationError):
    """One value cannot be taken; `field` says which."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
