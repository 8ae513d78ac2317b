"""Organisation, bodies, members, rolls, officers and their roles.

A person is an Account (signs in, never votes) or a Member (on a roll, never signs in); nothing joins the two.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class Account(AbstractUser):
    """Somebody who signs in: an officer, teller, registrar, observer or auditor. Never a voter."""


class Organisation(models.Model):
    """A union, or any other organisation whose members decide."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64)
    """The time zone in which its people read times, such as America/Chicago."""
    help = models.CharField(max_length=200)
    """Whom voters call, such as "312-555-0100, weekdays 8 to 20"."""
    version = models.PositiveIntegerField(default=1)
    """Counts the changes: who edits an older version is told."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Body(models.Model):
    """Those who decide together: all members, a House of Delegates, a board, a bargaining unit."""

    class Kind(models.TextChoices):
        MEMBERSHIP = "membership"
        DELEGATES = "delegates"
        BOARD = "board"
        UNIT = "unit"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bodies")
    slug = models.SlugField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    seats = models.PositiveIntegerField(null=True, blank=True)
    """How many there nominally are; the roll may hold fewer (vacancies) or more."""

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("organisation", "slug"), name="one_body_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody who may vote, identified by the organisation's member number. Families may share addresses."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1)
    """Counts the changes, those of memberships too: who edits an older version is told."""

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="one_member_of_a_number"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Membership(models.Model):
    """That a member belonged to a body from one day (`joined`) until before another (`left`)."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships")
    joined = models.DateField()
    left = models.DateField(null=True, blank=True)
    category = models.CharField(max_length=120, blank=True)
    """Such as teacher, support staff, retiree: some do not vote on some questions."""
    unit = models.CharField(max_length=120, blank=True)
    """The counting group, such as a workplace."""
    seat = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("member", "joined")
        constraints = (
            models.CheckConstraint(
                condition=Q(left__isnull=True) | Q(left__gt=F("joined")), name="leaves_after_joining"
            ),
            models.UniqueConstraint(
                fields=("body", "member"), condition=Q(left__isnull=True), name="belongs_to_a_body_once"
            ),
        )


class Roll(models.Model):
    """The electorate of a body as it was fixed on a day: a file, a count, a salted fingerprint.

    The rows are in the file (`roll.frozen.FrozenRoll`), which only the registrar's services read. A
    correction makes a new roll with the next number; a roll in use by a ballot never changes.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="rolls")
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    count = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64, unique=True)
    challenge_until = models.DateTimeField()
    """Until then members and officers may ask for corrections."""
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    """The roll that this one is a correction of; it keeps its date and its challenge window."""
    held = models.DateTimeField(null=True)
    """Since when a ballot uses it: it cannot be corrected any more."""
    frozen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("body", "number")
        constraints = (models.UniqueConstraint(fields=("body", "number"), name="one_roll_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.body}, roll {self.number}"


class Correction(models.Model):
    """A change of a frozen roll: asked for with a reason, confirmed by a second officer, never unmade.

    `before` and `after` are the voter's entries on the roll as JSON; one of them is null for an addition
    or a removal. What people may see of it is its kind; who it concerns is for officers.
    """

    class Kind(models.TextChoices):
        ADD = "add"
        REMOVE = "remove"
        CHANGE = "change"

    roll = models.ForeignKey(Roll, models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    member_number = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided = models.DateTimeField(null=True)
    result = models.OneToOneField(Roll, models.PROTECT, null=True, related_name="correction")
    """The corrected roll; null while nobody has decided, and for a correction that was turned down."""

    class Meta:
        ordering = ("pk",)


class RollImport(models.Model):
    """A member list that was handed in and is being looked at; nothing of it is on the register yet.

    `rows` are the cells as read, `columns` is which column holds which field.
    """

    token = models.CharField(max_length=32, unique=True)
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    by = models.ForeignKey(Account, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    rows = models.BinaryField()
    columns = models.JSONField(null=True)
    as_of = models.DateField()
    whole = models.BooleanField()
    """Whether it lists the whole body: memberships of all others end."""
    created = models.DateTimeField(auto_now_add=True)


class Role(models.Model):
    """What an account may do in an organisation."""

    class Kind(models.TextChoices):
        DRAFTER = "drafter"
        OPENER = "opener"
        TELLER = "teller"
        REGISTRAR = "registrar"
        OBSERVER = "observer"
        AUDITOR = "auditor"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles")
    account = models.ForeignKey(Account, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        ordering = ("account", "kind")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "account", "kind"), name="each_role_once"),
        )


class RoleRequest(models.Model):
    """That an account should get roles, or a new officer an account with them; a second officer confirms.

    For somebody who has no account yet, `account` is null until they use the link, whose token is kept
    only as a hash.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="role_requests")
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=150)
    kinds = models.JSONField()
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    confirmed = models.DateTimeField(null=True)
    refused = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True)
    expires = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)


class Event(models.Model):
    """Something that somebody did with an organisation's data. The database refuses to change it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
