"""Twenty sessions at once, each moving one slider every five seconds for two minutes.

Every session is a real one (``tests/benchmarks/client.py``). First one session alone, then all of them, on the
same settings, which are stored by then: what is measured is the way from a slider's release to its map. Then all
of them ask for a setting that is not stored, at the same moment: it must be computed once. Counted is every time
that a map is written to the cache, by whatever process: computed twice, one map counts twice.

No session may wait more than three times the single-session time. Held against the median of one session alone is the
median of that session which waits longest. What a single move may come to when several fall together stands beside it:
the slowest of all against the slowest of one session alone, of which there are twenty times fewer.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from barrx import datasets, settings
from barrx.ui import keys
from tests import written_maps
from tests.benchmarks.client import Session, opened
from tests.benchmarks.measure import Measured, memory_mb, percentile, table
from tests.browser.conftest import Server, start

SESSIONS, SECONDS = 20, 120.0
EVERY = 5.0  # seconds between two moves of one session
LOOK_EVERY = 30.0  # seconds between two looks at the memory
MOVES = {keys.MIN_CLUSTER_SIZE: range(5, 15), keys.N_NEIGHBORS: range(13, 18)}
_NEW = 0.85  # a min_dist that nobody has asked for


@dataclass(frozen=True, slots=True)
class Result:
    """What one round of sessions has seen: the seconds of the moves of each, and what went wrong."""

    sessions: list[list[float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [taken for one in self.sessions for taken in one]

    def longest(self) -> float:
        """Return the median of the session that waits longest."""
        return max(median(one) for one in self.sessions if one)


def measured(slug: str = datasets.DEMO_SLUG, n: int = SESSIONS, seconds: float = SECONDS) -> str:
    """Measure on a server of its own with a BARRX_HOME of its own, and return the tables."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARRX_HOME"] = str(Path(folder) / "home")
        settings.current.cache_clear()
        server = start(Path(folder))
        try:
            return asyncio.run(_measured(server, f"dataset={slug}", n, seconds))
        finally:
            server.stop()


async def _measured(server: Server, query: str, n: int, seconds: float) -> str:
    await _prepare(server.url, query)
    alone = await _round(server.url, query, 1, seconds)
    async with _watched(server) as memory:
        together = await _round(server.url, query, n, seconds)
    slowest, computed = await _together(server.url, query, n)
    longest, slow = together.longest(), max(together.seconds)
    said = (
        f"the session that waits longest: {longest:.2f}, {longest / alone.longest():.1f} x (3); "
        f"the slowest move: {slow / max(alone.seconds):.1f} x the slowest alone"
    )
    rows = [
        _row("one alone", alone, ""),
        _row(f"{n} at once", together, said),
        [
            f"{n} asking for the same new map",
            str(n),
            f"{slowest:.2f} at most",
            "",
            "0",
            f"computed {computed} x",
        ],
    ]
    looks = [[f"{at:.0f}", f"{own:.0f}", f"{workers:.0f}"] for at, own, workers in memory]
    return "\n\n".join(
        [
            f"One move in {EVERY:g} s for {seconds:g} s; the settings were stored before.",
            table(("sessions", "moves", "seconds to the map", "95 of 100", "errors", "besides"), rows),
            table((f"seconds of {n} sessions", "Streamlit process, MB", "its workers together, MB"), looks),
            *sorted(set(alone.errors + together.errors)),
        ]
    )


async def _prepare(url: str, query: str) -> None:
    """Have every setting computed once, as a day of use would."""
    async with opened(url, query) as session:
        for n_neighbors in MOVES[keys.N_NEIGHBORS]:
            if n_neighbors != session.value(keys.N_NEIGHBORS):
                await session.move(keys.N_NEIGHBORS, n_neighbors)
            for size in MOVES[keys.MIN_CLUSTER_SIZE]:
                if size != session.value(keys.MIN_CLUSTER_SIZE):
                    await session.move(keys.MIN_CLUSTER_SIZE, size)
        await asyncio.sleep(60)  # whatever was begun ahead of this session ends


async def _round(url: str, query: str, n: int, seconds: float) -> Result:
    result = Result()

    async def one(seed: int) -> None:
        async with opened(url, query) as session:
            result.sessions.append([])
            await _moves(session, result.sessions[-1], result.errors, seconds, seed)
            result.errors.extend(session.errors)

    await asyncio.gather(*(one(seed) for seed in range(n)))
    return result


async def _moves(session: Session, found: list[float], errors: list[str], seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    await asyncio.sleep(chance.random() * EVERY)
    while time.monotonic() < end:
        slider = chance.choice(list(MOVES))
        value = chance.choice([v for v in MOVES[slider] if v != session.value(slider)])
        try:
            taken = await session.move(slider, value)
            found.append(taken)
            await asyncio.sleep(max(0.0, EVERY - taken))
        except TimeoutError:
            errors.append(f"{slider}={value}: no map")


async def _together(url: str, query: str, n: int) -> tuple[float, int]:
    """Have ``n`` sessions ask for one new map at once; return the seconds of the slowest, and how often it was made."""
    async with AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(opened(url, query)) for _session in range(n)]
        await asyncio.sleep(10)  # the work ahead ends
        written_maps.count()
        seconds = await asyncio.gather(*(session.move(keys.MIN_DIST, _NEW) for session in sessions))
        # One computed ahead of it comes once, if at all.
        return max(seconds), max(written_maps.counted(), default=0)


@asynccontextmanager
async def _watched(server: Server) -> AsyncIterator[list[tuple[float, float, float]]]:
    """Give a list that grows: seconds since it began, MB of the Streamlit process, MB of its workers."""
    looks: list[tuple[float, float, float]] = []
    begin = time.monotonic()

    async def look() -> None:
        while True:
            looks.append((time.monotonic() - begin, *_memory(server)))
            await asyncio.sleep(LOOK_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield looks
    finally:
        looking.cancel()
        looks.append((time.monotonic() - begin, *_memory(server)))


def _memory(server: Server) -> tuple[float, float]:
    """Return the MB of the Streamlit process, and of its workers together."""
    workers = psutil.Process(server.pid).children(recursive=True)
    return memory_mb(server.pid), sum(memory_mb(worker.pid) for worker in workers)


def _row(name: str, result: Result, besides: str) -> list[str]:
    spread = Measured(tuple(result.seconds)).shown()
    slow = f"{percentile(result.seconds, 0.95):.2f}"
    return [name, str(len(result.seconds)), spread, slow, str(len(result.errors)), besides]
