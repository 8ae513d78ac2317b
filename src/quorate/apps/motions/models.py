"""Motions as their events, and what belongs to a stage: its ballot, or the minutes of a vote in a meeting.

The state of a motion is never stored: `lifecycle.motion.replay` makes it from the events, which the database
itself refuses to change or delete.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class MotionFile(models.Model):
    """A motion of an organisation, by its name in addresses."""

    organisation = models.ForeignKey("organisation.Organisation", models.PROTECT, related_name="motions")
    slug = models.SlugField(max_length=100)
    title = models.CharField(max_length=500)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints = (models.UniqueConstraint(fields=("organisation", "slug"), name="one_motion_of_a_name"),)

    def __str__(self) -> str:
        return self.title


class MotionEntry(models.Model):
    """One event of a motion: `lifecycle.motion_events` as JSON, numbered from 1."""

    motion = models.ForeignKey(MotionFile, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    event = models.JSONField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("motion", "number"), name="one_event_of_a_number"),)


class StageBallot(models.Model):
    """The ballot by which a stage of a motion is decided in secret."""

    motion = models.ForeignKey(MotionFile, models.PROTECT, related_name="ballots")
    stage = models.PositiveSmallIntegerField()
    ballot = models.OneToOneField("ballots.Ballot", models.PROTECT, related_name="motion_stage")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)


class MeetingVote(models.Model):
    """A vote in a meeting, from its opening to its end; `number` counts the votes of a motion.

    `roll` lists who may vote (member, name, seat) as it was when the vote opened, `checked_in` the members
    who were then present. `entered` is a roll call that one officer entered and another has yet to agree to.
    """

    motion = models.ForeignKey(MotionFile, models.PROTECT, related_name="meetings")
    stage = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    roll = models.JSONField()
    checked_in = models.JSONField(null=True)
    present = models.PositiveIntegerField(null=True)
    notice = models.BooleanField(null=True)
    opened = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered = models.JSONField(null=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("motion", "number"), name="one_meeting_vote_of_a_number"),
            models.UniqueConstraint(
                fields=("motion",), condition=models.Q(ended__isnull=True), name="one_open_meeting_vote"
            ),
        )

    @property
    def name(self) -> str:
        """What stands in the motion's history in the place of a ballot's name."""
        return f"meeting-{self.number}"


class Hands(models.Model):
    """What one teller counted at a show of hands; rounds count from 1, each has two tellers."""

    vote = models.ForeignKey(MeetingVote, models.PROTECT, related_name="hands", db_column="meeting_id")
    round = models.PositiveSmallIntegerField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    teller = models.CharField(max_length=200)
    yes = models.PositiveIntegerField()
    no = models.PositiveIntegerField()
    abstain = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("vote", "round", "account"), name="a_teller_counts_once_a_round"),
        )


class Minutes(models.Model):
    """The published minutes of a vote in a meeting: who voted how, or what two tellers counted.

    `content` is `minutes.MeetingMinutes` as JSON, `fingerprint` the SHA-256 of its canonical bytes. The
    database refuses to change or delete them.
    """

    vote = models.OneToOneField(MeetingVote, models.PROTECT, related_name="minutes", db_column="meeting_id")
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True)


class AgreementFile(models.Model):
    """An agreement with somebody else, by its name in addresses and in resolutions that wait for it."""

    organisation = models.ForeignKey("organisation.Organisation", models.PROTECT, related_name="agreements")
    slug = models.SlugField(max_length=100)
    title = models.CharField(max_length=500)
    parties = models.JSONField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "slug"), name="one_agreement_of_a_name"),
        )

    def __str__(self) -> str:
        return self.title


class AgreementEntry(models.Model):
    """One version of an agreement: `lifecycle.agreement.AgreementVersion` as JSON, numbered from 1."""

    agreement = models.ForeignKey(AgreementFile, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    version = models.JSONField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("agreement", "number"), name="one_version_of_a_number"),
        )


class AgreementRound(models.Model):
    """The motion by which bodies ratify one version of an agreement."""

    agreement = models.ForeignKey(AgreementFile, models.PROTECT, related_name="rounds")
    version = models.PositiveIntegerField()
    motion = models.OneToOneField(MotionFile, models.PROTECT, related_name="ratification")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("version",)
        constraints = (
            models.UniqueConstraint(fields=("agreement", "version"), name="one_round_of_a_version"),
        )


class RegisterEntry(models.Model):
    """One fact of an organisation's register: `lifecycle.resolution` as JSON, numbered from 1."""

    organisation = models.ForeignKey("organisation.Organisation", models.PROTECT, related_name="register")
    number = models.PositiveIntegerField()
    fact = models.JSONField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="one_fact_of_a_number"),
        )


class Proposal(models.Model):
    """A correction of the register that one officer entered and another one has yet to agree to."""

    organisation = models.ForeignKey("organisation.Organisation", models.PROTECT, related_name="corrections")
    fact = models.JSONField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    settled = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)


class Evidence(models.Model):
    """A file that shows what an officer attests, kept under its SHA-256."""

    organisation = models.ForeignKey("organisation.Organisation", models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "sha256"), name="evidence_once"),)
