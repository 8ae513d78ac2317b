"""Attacker: nobody in particular: one code on many devices at once, or a script that sends fifty ballots.

Wish: two ballots that both count, or a board on which it is unclear which is the last. Stopped by: each
ballot names the one before it [07.12], and the box puts them in one order: exactly one of all that name
the same one.
"""

from __future__ import annotations

import threading
from queue import Queue

from quorate.election.box import Accepted, Refused
from support.ballots import NOON, line, tracker
from support.polls import Polls

CHOICE = [(0, [0]), (1, [0]), (2, [0])]


def test_fifty_first_ballots_at_once(polls: Polls) -> None:
    sent = [polls.ballot.vote(1, CHOICE) for _ in range(50)]
    answers = polls.box.submit([line(ballot) for ballot in sent], NOON)
    taken = [answer for answer in answers if isinstance(answer, Accepted)]
    assert [answer.tracker for answer in taken] == [tracker(sent[0])]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {(answer.check, answer.last) for answer in refused} == {("V12", tracker(sent[0]))}
    assert polls.log.size == 2


def test_ten_devices_that_do_not_give_up(polls: Polls) -> None:
    """Ten threads each want one ballot of the same credential on the board; one writer serves them."""
    queue: Queue[tuple[bytes, Queue[Accepted | Refused]]] = Queue()
    making, order = threading.Lock(), list[tuple[int, bytes]]()

    def device() -> None:
        last = bytes(32)
        while True:
            with making:  # the test's random numbers are not made for threads
                ballot = polls.ballot.vote(1, CHOICE, prev=last)
            mine: Queue[Accepted | Refused] = Queue()
            queue.put((line(ballot), mine))
            answer = mine.get(timeout=30)
            if isinstance(answer, Accepted):
                order.append((answer.index, tracker(ballot)))
                return
            assert answer.check == "V12"
            assert answer.last is not None
            last = answer.last

    devices = [threading.Thread(target=device) for _ in range(10)]
    for thread in devices:
        thread.start()
    while any(thread.is_alive() for thread in devices):
        waiting = [queue.get(timeout=30)] if not queue.empty() else []
        while not queue.empty():
            waiting.append(queue.get())
        for (_, reply), answer in zip(
            waiting, polls.box.submit([data for data, _ in waiting], NOON), strict=True
        ):
            reply.put(answer)
    for thread in devices:
        thread.join()
    assert sorted(index for index, _ in order) == list(range(1, 11))
    people = polls.box.state.credentials
    assert people is not None
    slot = people.slot(polls.ballot.credential(1).public)
    assert slot is not None
    assert people.tracker(slot) == max(order)[1]
    assert len(polls.box.state.superseded) == 9


def test_the_record_of_such_a_race_verifies(polls: Polls) -> None:
    last = bytes(32)
    for _ in range(5):
        racing = [polls.ballot.vote(1, CHOICE, prev=last) for _ in range(3)]
        answers = polls.box.submit([line(ballot) for ballot in racing], NOON)
        winner = next(answer for answer in answers if isinstance(answer, Accepted))
        last = winner.tracker
    polls.box.submit([line(polls.ballot.vote(voter, CHOICE)) for voter in (2, 3)], NOON)
    report = polls.ballot.finish(polls.box)
    assert report.ok
    assert report.certificate is not None
    assert report.certificate.questions[0].votes[0].votes == 3
