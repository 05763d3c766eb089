"""What benchmarks share: repeated measurements, a table of them, the memory of a process."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

_IDLE = 0.05  # seconds of processor time in one second


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of one thing measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def shown(self, decimals: int = 2) -> str:
        """Return the median, and in brackets the smallest and the largest."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:.{decimals}f} ({low:.{decimals}f}–{high:.{decimals}f})"


@dataclass(frozen=True, slots=True)
class Compared:
    """The naive way and ours, one after the other in one run, as often as there are values."""

    naive: Measured
    ours: Measured

    @property
    def ratio(self) -> Measured:
        """How many times as long the naive way takes, of each pair."""
        return Measured(tuple(a / b for a, b in zip(self.naive.values, self.ours.values, strict=True)))


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compared(pairs: Sequence[tuple[Callable[[], object], Callable[[], object]]]) -> Compared:
    """Measure pairs of (naive, ours), each pair side by side: what else the machine does concerns both."""
    taken = [(seconds(naive), seconds(ours)) for naive, ours in pairs]
    naive, ours = zip(*taken, strict=True)
    return Compared(Measured(naive), Measured(ours))


def exponent(sizes: Sequence[int], taken: Sequence[float]) -> float:
    """Return the power of the size that the time grows with, by least squares on both logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all, from 0 to 1, is not above."""
    return float(np.quantile(np.asarray(values), share, method="higher"))


def memory_mb(pid: int) -> float:
    """Return how much memory a running process holds, in MB (resident set size)."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1000


def wait_until_idle(pid: int, *, patience: float = 300.0) -> None:
    """Wait until a process and those it has started use next to no processor time."""
    begin, before = time.monotonic(), -1.0
    while time.monotonic() - begin < patience:
        used = _processor_time(pid)
        if before >= 0 and used - before < _IDLE:
            return
        before = used
        time.sleep(1.0)
    raise TimeoutError(f"Process {pid} or what it started is still at work after {patience:.0f} s.")


def _processor_time(pid: int) -> float:
    """Return the seconds that a process and those it has started have used."""
    found = psutil.Process(pid)
    times = [process.cpu_times() for process in (found, *found.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table with aligned columns."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.ljust(w) for cell, w in zip(cells, widths, strict=True)]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])
