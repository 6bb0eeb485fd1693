"""Jobs that fall due by themselves; apps add theirs with `@due("what it counts")`."""

from collections.abc import Callable

_jobs: dict[str, Callable[[], int]] = {}


def due(counts: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a job for `tick`: it does what is due and returns how much it did."""

    def register(job: Callable[[], int]) -> Callable[[], int]:
        _jobs[counts] = job
        return job

    return register


def due_jobs() -> dict[str, Callable[[], int]]:
    """Every registered job, by what it counts."""
    return dict(_jobs)
