"""What all groups of a run share: what was asked for, the report, and measuring several things by turns."""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import Mix, Rate, Target, hammer
from bench.report import Report
from bench.stage import Stage

SECTIONS = 22
"""So that an article's page has about 12 KB, as the one that the figures of issue 3 are about."""


@dataclass(frozen=True)
class Run:
    """One run. ``seconds`` of load make a figure, ``rounds`` of them a median."""

    report: Report
    folder: Path
    kinds: tuple[str, ...]
    sizes: tuple[int, ...]
    seconds: int
    rounds: int
    connections: int
    pages: int
    """How many articles the mix has."""
    posts: int
    """How many posts are imported."""
    large: dict[str, Stage] = field(default_factory=dict)
    """The installations that have grown, by kind: groups take them over from each other, for loading takes long."""

    @contextmanager
    def stage(self, group: str, kind: str) -> Iterator[Stage]:
        """An installation of this kind, empty."""
        stage = Stage(self.folder / f"{group}-{kind}", kind)
        try:
            yield stage
        finally:
            stage.close()
            shutil.rmtree(stage.instance, ignore_errors=True)  # some hundred megabytes of access logs

    def grown(self, kind: str) -> Stage:
        """The installation of this kind that grows; empty at first. It stays until the run is over."""
        if kind not in self.large:
            self.large[kind] = Stage(self.folder / f"grown-{kind}", kind)
        return self.large[kind]

    def load_pages(self, stage: Stage) -> list[str]:
        """Articles of 12 KB; the addresses of ``pages`` of them."""
        return stage.load(self.pages * 10 // 9 + 1, sections=SECTIONS)[: self.pages]

    def hammer(self, target: Target, mix: Mix, *, connections: int | None = None) -> Rate:
        return hammer(target, mix, seconds=self.seconds, connections=connections or self.connections)

    def warm_up(self, target: Target, mix: Mix) -> None:
        """A second of load that is not measured: each worker keeps pages of its own, and knows no browser yet."""
        hammer(target, mix, seconds=1, connections=self.connections)

    def by_turns(self, contenders: dict[str, tuple[Target, Mix]], *, rounds: int | None = None) -> dict[str, Rate]:
        """Load one after another, ``rounds`` times, each of them warmed up; the median of each.

        What disturbs the machine for a while disturbs all of them: so ratios stay true.
        """
        for target, mix in contenders.values():
            self.warm_up(target, mix)
        taken: dict[str, list[Rate]] = {name: [] for name in contenders}
        for _ in range(rounds or self.rounds):
            for name, (target, mix) in contenders.items():
                taken[name].append(self.hammer(target, mix))
        return {name: median(rates) for name, rates in taken.items()}


def median(rates: list[Rate]) -> Rate:
    """Each figure's own median."""
    busy = [rate.busy for rate in rates if rate.busy is not None]
    return Rate(
        statistics.median(rate.per_second for rate in rates),
        statistics.median(rate.p50 for rate in rates),
        statistics.median(rate.p99 for rate in rates),
        statistics.median(busy) if busy else None,
    )
