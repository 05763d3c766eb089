"""The processes of a pool, for tests that look at them or end them."""

from barrx.workers import Lane, Pool


def of(pool: Pool, lane: Lane) -> list[int]:
    """Return the ids of the processes that serve a lane first."""
    return [slot.process.popen.pid for slot in pool._slots if slot.process and slot.crew.lanes[0] == lane]


def is_ahead(pool: Pool) -> bool:
    """Tell whether something is being computed ahead of the user."""
    return any(slot.job is not None and slot.job.lane == "ahead" for slot in pool._slots)
