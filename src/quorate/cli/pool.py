"""Worker processes for verification."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor | None]:
    """So many worker processes; None for one, as the work is then best done here.

    On Linux they are forked, at once: they have nothing to import then, and this process has no thread yet
    (such as a progress bar's) whose locks they could inherit. Elsewhere they start afresh.
    """
    if workers == 1:
        yield None
        return
    safe_to_fork = sys.platform == "linux" and threading.active_count() == 1
    with ProcessPoolExecutor(workers, get_context("fork" if safe_to_fork else "spawn")) as pool:
        pool.submit(int)  # the first job makes the pool fork all its workers
        yield pool
