"""The pictures of insights, made of its figures. Pure; draws nothing itself."""

from dataclasses import dataclass
from math import ceil

from tocsin.domain.insights.queries import Insights, Response
from tocsin.domain.insights.rules.findings import took
from tocsin.domain.insights.rules.hours import is_night
from tocsin.ui.plots import Line, Plot
from tocsin.ui.times import written

_MOST, _MOST_WORDS = 8, 6


@dataclass(frozen=True, slots=True)
class Columns:
    """Upright bars: values, words below, and which stand out."""

    values: tuple[float, ...]
    words: tuple[str, ...]
    strong: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """One picture for each part; None or empty where there is nothing to draw."""

    response: Plot | None
    incidents: Columns
    promises: list[tuple[str, float, str]]
    hours: Columns
    rotations: list[list[tuple[str, float, str]]]
    noise: list[tuple[str, float, str]]


def pictures(seen: Insights) -> Pictures:
    """All of them."""
    counts = tuple(float(sum(v.counts[n] for v in seen.severities)) for n in range(len(seen.starts)))
    every = max(1, ceil(len(counts) / _MOST_WORDS))
    days = tuple(written(at, "date").rsplit(" ", 1)[0] if n % every == 0 else "" for n, at in enumerate(seen.starts))
    return Pictures(
        response=_plot(seen),
        incidents=Columns(counts, days, tuple(True for _ in counts)),
        promises=[(p.words, p.share, f"{p.share * 100:.0f} % of {p.due}") for p in seen.promises],
        hours=Columns(
            tuple(float(n) for n in seen.by_hour),
            tuple(f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24)),
            tuple(is_night(hour) for hour in range(24)),
        ),
        rotations=[[(p.name, float(p.pages), str(p.pages)) for p in r.people[:_MOST]] for r in seen.rotations],
        noise=[(n.source, float(n.alerts), f"{n.alerts:,}") for n in seen.sources[:_MOST]],
    )


def _plot(seen: Insights) -> Plot | None:
    taken, ended = seen.responses[0], seen.responses[-1]
    if not taken.overall.count:
        return None
    said = f"Median time to acknowledge {took(taken.overall.median)}, to resolve {took(ended.overall.median)}."
    return Plot(
        label=said,
        times=seen.starts,
        lines=[
            Line("Acknowledge, median", _minutes(taken), "s1"),
            Line("Mitigate, median", _minutes(seen.responses[2]), "s2"),
            Line("Resolve, median", _minutes(ended), "s3"),
        ],
        start=seen.starts[0],
        end=seen.choice.until,
        unit="min",
    )


def _minutes(response: Response) -> list[float | None]:
    return [None if spread.median is None else spread.median / 60 for spread in response.by_time]
