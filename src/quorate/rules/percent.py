"""The one way in which a share becomes a percentage."""

from __future__ import annotations

from quorate.text import pgettext


def percent(n: int, of: int, decimals: int = 1) -> str:
    """``n`` of ``of`` as a percentage, truncated, never rounded up: 74.996% is shown as ``74.9%``.

    Whole numbers throughout, so the digits shown are true digits. Raises ``ValueError`` where there is
    nothing to take a share of.
    """
    if of <= 0 or n < 0 or decimals < 0:
        raise ValueError(f"no percentage of {n} in {of} with {decimals} decimals")
    whole, fraction = divmod(n * 100 * 10**decimals // of, 10**decimals)
    point = pgettext("decimal point", ".")
    return f"{whole}{point}{fraction:0{decimals}d}%" if decimals else f"{whole}%"
