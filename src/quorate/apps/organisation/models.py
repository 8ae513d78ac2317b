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
    frozen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("body", "number")
        constraints = (models.UniqueConstraint(fields=("body", "number"), name="one_roll_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.body}, roll {self.number}"


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
