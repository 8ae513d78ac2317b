"""Drafts, approvals and what was done. What stands on a board is not here: the board is its own truth.

No vote, credential, tracker or ciphertext is ever in the database.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

_NAME = 32


def fresh_id() -> str:
    """A new ballot_id: 32 random bytes in hex."""
    return secrets.token_hex(32)


class Stage(models.TextChoices):
    """What officers have done; the times of voting are the board's and the clock's."""

    DRAFT = "draft"
    READY = "ready"
    OPENED = "opened"
    RELEASED = "released"
    VOIDED = "voided"
    ARCHIVED = "archived"


class Ballot(models.Model):
    """A ballot from its first draft on. Codes and the tellers' key are made for its `ballot_id`."""

    ballot_id = models.CharField(max_length=64, unique=True, default=fresh_id, editable=False)
    organisation = models.SlugField()
    title = models.CharField(max_length=500)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    created = models.DateTimeField(auto_now_add=True)
    protest_days = models.PositiveSmallIntegerField(default=0)
    """How many days after the closing time members may protest; until then nothing is released."""
    retain_days = models.PositiveSmallIntegerField(default=365)
    """How many days after the closing time everything is kept."""
    rerun_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reruns")
    """The void ballot in whose place this one is held."""

    class Meta:
        ordering = ("-created", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """How addresses name it."""
        return self.ballot_id[:_NAME]


class DraftVersion(models.Model):
    """A draft as one officer left it: `election.draft.Draft` as JSON. Versions are kept."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("ballot", "number"), name="one_draft_of_a_number"),)


class TellerSeat(models.Model):
    """A teller's place in a ballot's key ceremony; `token` is SHA-256 of the secret in the personal link."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="tellers")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    token = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("ballot", "number"), name="one_seat_for_a_number"),
            models.UniqueConstraint(fields=("token",), name="one_seat_for_a_token"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Approval(models.Model):
    """An officer's consent to one thing, by its fingerprint: the opening, an event, the release."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="approvals")
    subject = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    officer_key = models.CharField(max_length=66, blank=True)
    signature = models.TextField(blank=True)
    """Of a release: the officer's signature as canonical JSON. Those of events stand with their event."""
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("ballot", "subject", "officer"), name="each_officer_approves_once"
            ),
        )


class OfficerKey(models.Model):
    """The public half of a key file with which an officer signs apart from the site, instead of a passkey."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="officer_keys")
    public = models.CharField(max_length=64, unique=True)
    retired = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(retired__isnull=True), name="one_key_in_use"
            ),
        )


class Release(models.Model):
    """A result that was made public."""

    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="release")
    certificate = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True)


class JointStep(models.Model):
    """What two officers do together outside the board: one proposes it with a reason, another confirms it."""

    class Kind(models.TextChoices):
        DISMISS = "dismiss", "dismiss a protest"
        UPHOLD = "uphold", "uphold a protest"
        HOLD = "hold", "legal hold"
        END_HOLD = "end-hold", "end of the legal hold"
        ARCHIVE = "archive", "archive"
        CORRECT = "correct", "correction"

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField(max_length=2000)
    protest = models.ForeignKey("Protest", models.PROTECT, null=True, related_name="steps")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed = models.DateTimeField()
    done = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(second__isnull=True) | ~models.Q(second=models.F("first")),
                name="two_officers_are_two",
            ),
            models.CheckConstraint(
                condition=models.Q(second__isnull=True, done__isnull=True)
                | models.Q(second__isnull=False, done__isnull=False),
                name="done_by_two_officers",
            ),
        )


class Protest(models.Model):
    """An objection to a ballot, as an officer recorded it. What it says is for officers only."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        UPHELD = "upheld"

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="protests")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=5000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("ballot", "number"), name="one_protest_of_a_number"),)


class AuditEvent(models.Model):
    """Something that somebody did. The database itself refuses to change, delete or truncate it."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, null=True, related_name="events")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
