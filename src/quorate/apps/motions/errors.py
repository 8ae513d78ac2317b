"""What can go wrong with motions."""

from __future__ import annotations


class MotionError(Exception):
    """Base of these errors. The message says what is wrong and what to do."""


class UnknownMotion(MotionError, LookupError):
    """There is no motion, meeting or vote of this name here."""


class MotionRefused(MotionError):
    """The motion's state does not allow this now; the message says what stands in the way."""
