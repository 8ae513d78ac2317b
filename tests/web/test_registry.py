"""Hosted codes: handed over once, mapped in a schema of their own, sealed, destroyed for good."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from quorate.apps.credentials import keys, registry, schema
from quorate.apps.credentials.errors import AlreadyHandedOver, RegistryError, RegistryUnavailable
from quorate.crypto.credential import derive, parse_code
from quorate.election.registrar import Eligible, ReissueReason, check_list
from quorate.record.credentials import CredentialIndex

VOTERS = [Eligible(f"{n:05}", f"Voter {n}", n % 2) for n in range(1, 8)]
ROLL = bytes(range(32))


@pytest.fixture
def ballot_id(transactional_db: None) -> Iterator[bytes]:
    made = secrets.token_bytes(32)
    yield made
    registry.destroy(made)


def _dump() -> str:
    """Everything in the registry's tables, as a superuser's dump has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM registrar.issue t")
        issue = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(t::text, ' ') FROM registrar.change t")
        return f"{issue} {cursor.fetchone()[0]}"


def test_codes_are_made_for_all_and_handed_over_once(ballot_id: bytes) -> None:
    made = registry.issue(ballot_id, ROLL, VOTERS)
    check_list(made.signed, made.lines)
    index = CredentialIndex.parse(made.lines)
    deliveries = registry.code_deliveries_once(ballot_id)
    assert [one.member_number for one in deliveries] == [voter.member_number for voter in VOTERS]
    for one, voter in zip(deliveries, VOTERS, strict=True):
        row = index.find(derive(parse_code(one.code), ballot_id).public)
        assert row is not None
        assert index.unit(row) == voter.unit
    with pytest.raises(AlreadyHandedOver, match="no copy was kept"):
        registry.code_deliveries_once(ballot_id)
    state = registry.state(ballot_id)
    assert state is not None
    assert (state.roll, state.destroyed) == (ROLL.hex(), False)
    assert state.handed_over is not None


def test_a_dump_of_the_database_joins_nobody_to_a_credential(ballot_id: bytes) -> None:
    """E12, E8: neither numbers, names, codes nor credentials are to be read in the registry's tables."""
    made = registry.issue(ballot_id, ROLL, VOTERS)
    before = _dump()
    deliveries = registry.code_deliveries_once(ballot_id)
    for text in (before, _dump()):
        for one, line in zip(deliveries, sorted(made.lines), strict=True):
            for secret in (one.code, one.name, one.member_number, line.split()[0].decode()):
                assert secret not in text
                assert secret.encode().hex() not in text


def test_the_key_of_the_codes_is_destroyed_with_the_hand_over(ballot_id: bytes) -> None:
    """A backup of the database made before the hand-over opens nothing after it."""
    registry.issue(ballot_id, ROLL, VOTERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT files FROM registrar.issue WHERE ballot_id = %s", [ballot_id.hex()])
        files = cursor.fetchone()[0]
    assert keys.read(f"{files}.codes")
    registry.code_deliveries_once(ballot_id)
    assert keys.read(f"{files}.codes") is None
    registry.destroy(ballot_id)
    assert keys.read(f"{files}.book") is None
    with pytest.raises(RegistryError, match="archived"):
        registry.member_numbers_without_ballot(ballot_id, set())
    assert list((settings.ENVIRONMENT.data / "registrar").glob(f"{files}*")) == []


def test_who_has_not_voted_and_a_replaced_code(ballot_id: bytes) -> None:
    registry.issue(ballot_id, ROLL, VOTERS)
    codes = {one.member_number: one.code for one in registry.code_deliveries_once(ballot_id)}
    counted = {derive(parse_code(codes["00003"]), ballot_id).public}
    expected = tuple(voter.member_number for voter in VOTERS if voter.member_number != "00003")
    assert registry.member_numbers_without_ballot(ballot_id, counted) == expected
    made = registry.reissue(ballot_id, bytes(32), "00003", ReissueReason.LOST)
    assert made.entry.old in counted
    assert "00003" in registry.member_numbers_without_ballot(ballot_id, counted)
    again = registry.reissue(ballot_id, bytes(32), "00003", ReissueReason.LOST)
    assert again.entry.old == made.entry.new
    with pytest.raises(RegistryError, match="not on the roll"):
        registry.reissue(ballot_id, bytes(32), "99999", ReissueReason.LOST)


def test_new_codes_void_the_earlier_ones(ballot_id: bytes) -> None:
    first = registry.issue(ballot_id, ROLL, VOTERS)
    second = registry.issue(ballot_id, ROLL, VOTERS)
    assert first.signed.root != second.signed.root
    codes = [one.code for one in registry.code_deliveries_once(ballot_id)]
    index = CredentialIndex.parse(second.lines)
    assert all(derive(parse_code(code), ballot_id).public in index for code in codes)


def test_no_foreign_key_leads_to_or_from_the_registry(ballot_id: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid IN (k.conrelid, k.confrelid)"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = 'registrar'"
        )
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'registrar'")
        owners = {row[0] for row in cursor.fetchall()}
        assert owners == {schema.role_name(cursor)}


@pytest.fixture
def ordinary(transactional_db: None) -> Iterator[Any]:
    """A way to act as an ordinary role of the database, which may make roles or may not."""
    made = []

    def become(*, may_create: bool) -> None:
        name = f"ordinary_{secrets.token_hex(4)}"
        made.append(name)
        with connection.cursor() as cursor:
            rights = "CREATEROLE" if may_create else "NOCREATEROLE"
            cursor.execute(f'CREATE ROLE "{name}" NOLOGIN NOSUPERUSER {rights}')
            cursor.execute(f'GRANT CREATE ON DATABASE "{connection.settings_dict["NAME"]}" TO "{name}"')
            cursor.execute(f'SET SESSION AUTHORIZATION "{name}"')

    schema.remove()
    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET SESSION AUTHORIZATION")
        if schema.is_there(cursor):
            schema.remove()
        for name in made:
            cursor.execute(f'DROP OWNED BY "{name}"')
            cursor.execute(f'DROP ROLE "{name}"')
    schema.install()


def test_an_ordinary_role_that_may_make_roles_has_a_registry(ordinary: Any) -> None:
    """As on an external server; and outside a step of the port, that role cannot read the tables."""
    ordinary(may_create=True)
    registry.check_available()
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM registrar.issue")
        schema_owner = schema.role_name(cursor)
        with transaction.atomic():
            schema.become(cursor, schema_owner)
            cursor.execute("SELECT count(*) FROM registrar.issue")
            assert cursor.fetchone()[0] == 0


def test_where_no_role_can_be_made_it_says_what_to_run(ordinary: Any) -> None:
    ordinary(may_create=False)
    with pytest.raises(RegistryUnavailable, match="CREATE ROLE .*_registrar.* NOLOGIN"):
        registry.check_available()
    assert registry.state(bytes(32)) is None
