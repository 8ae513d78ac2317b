"""What people are told about a code that cannot be read, and what is never shown ([07.1] to [07.3])."""

from __future__ import annotations

import pytest

from quorate.crypto.credential import CodeError, CredentialError, derive, make_code, parse_code

CODE = make_code(bytes(range(15)))
GROUPS = CODE.split("-")


def refusal(text: str) -> CodeError:
    with pytest.raises(CodeError) as raised:
        parse_code(text)
    return raised.value


def changed(group: int, text: str) -> str:
    return "-".join([*GROUPS[: group - 1], text, *GROUPS[group:]])


@pytest.mark.parametrize("group", range(1, 7))
def test_a_group_of_wrong_length_is_named(group: int) -> None:
    error = refusal(changed(group, GROUPS[group - 1][:3]))
    assert error.group == group
    assert str(error) == f"Group {group} of the code has 3 symbols instead of 4."


@pytest.mark.parametrize("group", range(1, 7))
def test_a_sign_that_codes_never_use_is_named_with_its_group(group: int) -> None:
    error = refusal(changed(group, "AB!C"))
    assert error.group == group
    assert str(error) == f"Group {group} of the code has the sign !, which codes never use."


@pytest.mark.parametrize("typed", ["U", "u"])
def test_u_is_explained(typed: str) -> None:
    error = refusal(changed(4, f"AB{typed}C"))
    assert (error.group, str(error)) == (
        4,
        "Group 4 of the code has a U, which codes never use. It may be a V.",
    )


def test_without_separators_groups_are_counted_in_fours() -> None:
    assert refusal(CODE.replace("-", "")[:9] + "?" + CODE.replace("-", "")[10:]).group == 3


def test_an_invisible_sign_is_spelled_out() -> None:
    assert "U+200B" in str(refusal("\u200b" + CODE))


def test_too_many_symbols_without_separators() -> None:
    assert str(refusal(CODE.replace("-", "") + "0")) == (
        "The code has 25 symbols instead of 24: six groups of four."
    )


def test_nothing_typed() -> None:
    assert str(refusal("  - ")) == "Type the voting code: six groups of four letters and digits."


def test_a_wrong_symbol_says_what_to_do_and_not_what_was_typed() -> None:
    """[07.2] No place can be named from one check symbol; the code does not end up in a log."""
    wrong = changed(1, ("7" if GROUPS[0][0] != "7" else "8") + GROUPS[0][1:])
    error = refusal(wrong)
    assert error.group == 0
    assert str(error) == "A symbol of the code is wrong, or two are swapped. Compare each group of four."


@pytest.mark.parametrize("dash", ["\u2010", "\u2011", "\u2013", "\u2014", "\u2212"])
def test_dashes_of_word_processors_are_hyphens(dash: str) -> None:
    assert parse_code(CODE.replace("-", dash)) == CODE.replace("-", "")


def test_a_credential_does_not_show_its_secret() -> None:
    credential = derive(parse_code(CODE), bytes(32))
    assert credential.secret.to_bytes().hex() not in repr(credential)
    assert repr(credential) == f"Credential(public={credential.public!r})"


@pytest.mark.parametrize(
    ("symbols", "ballot_id"), [("A" * 23, bytes(32)), (CODE.replace("-", ""), bytes(33))]
)
def test_lengths_are_checked(symbols: str, ballot_id: bytes) -> None:
    with pytest.raises(CredentialError, match="24 symbols|32 bytes"):
        derive(symbols, ballot_id)


def test_a_code_serves_one_ballot_only() -> None:
    """[07.3] The same code under another ballot id is another credential."""
    symbols = parse_code(CODE)
    assert derive(symbols, bytes(32)).public != derive(symbols, b"\x01" + bytes(31)).public
