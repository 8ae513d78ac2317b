"""Groups, totals and the search for them (docs/protocol/09-tally.md)."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.crypto.encoding import SHIFT, Encoding
from quorate.group import GENERATOR, Element, Scalar, base_mul


class TallyError(ValueError):
    """The decrypted points are not those of any possible result."""


def partition(counted: Sequence[int], limit: int) -> tuple[tuple[int, ...], ...] | None:
    """Join units into groups that may be decrypted, or None where nothing may be [09.2].

    `counted[u]` is the number of counted ballots of unit u. Every group of the answer has no ballot or at
    least `limit`. Units below the limit are pooled; a pool still below it joins the smallest other group.
    Groups are in order of their lowest unit.
    """
    if 0 < sum(counted) < limit:
        return None
    groups = [[u] for u, n in enumerate(counted) if n == 0 or n >= limit]
    pool = [u for u, n in enumerate(counted) if 0 < n < limit]
    if pool:
        if sum(counted[u] for u in pool) < limit:
            large = [group for group in groups if counted[group[0]]]
            host = min(large, key=lambda group: (counted[group[0]], group[0]))
            groups.remove(host)
            pool = sorted(pool + host)
        groups.append(pool)
    return tuple(tuple(group) for group in sorted(groups))


def find_totals(encoding: Encoding, points: Sequence[Element], counted: int) -> tuple[int, ...]:
    """The totals behind the decrypted points of one group [09.6]; TallyError when there are none.

    Work and memory grow with `counted`, the number of ballots in the group.
    """
    table: dict[bytes, int] = {}
    point = Element.identity()
    for n in range(counted + 1):
        table[point.to_bytes()] = n
        point = point + GENERATOR
    if not (encoding.single and encoding.outcomes == 3):
        found = [table.get(p.to_bytes()) for p in points]
        if any(total is None for total in found):
            raise TallyError("a decrypted point is no possible total")
        return tuple(total for total in found if total is not None)
    step = -base_mul(Scalar.from_int(SHIFT))
    point = points[0]
    for second in range(counted + 1):
        first = table.get(point.to_bytes())
        if first is not None and first + second <= counted:
            return (first + second * SHIFT,)
        point = point + step
    raise TallyError("the decrypted point is no possible pair of counts")
