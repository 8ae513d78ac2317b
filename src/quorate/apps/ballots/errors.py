"""What can go wrong with a ballot, one class for each thing that a caller handles apart."""

from __future__ import annotations


class BallotError(Exception):
    """Base of these errors. The message says what is wrong and what to do."""


class UnknownBallot(BallotError, LookupError):
    """There is no ballot of this name here."""


class TryAgain(BallotError):
    """Nothing was acknowledged and nothing acknowledged was lost; the same request will succeed later."""


class EditConflict(BallotError):
    """Somebody else saved a newer version of what was edited."""


class NotAllowed(BallotError):
    """The ballot's state, or the rule of two officers, does not allow this step now."""


class UnknownTeller(BallotError, LookupError):
    """The secret of a personal link is not, or no longer, that of a teller of this ballot."""


class AlreadySent(BallotError):
    """A teller sent another message of the same round before: what is sent stands (attack K10)."""
