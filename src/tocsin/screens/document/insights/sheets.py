"""Each part of insights as rows of a sheet: the numbers behind the pictures, times in seconds. Pure."""

from collections.abc import Callable, Iterable, Sequence

from tocsin.domain.insights.queries import Insights, NoiseView

Sheet = tuple[Sequence[str], Iterable[Sequence[object]]]


def _response(seen: Insights) -> Sheet:
    header = ("Step", "By", "Name", "Incidents", "Median seconds", "P90 seconds")
    rows: list[Sequence[object]] = []
    for each in seen.responses:
        rows.append((each.words, "all", "", each.overall.count, each.overall.median, each.overall.p90))
        for by, named in (("severity", each.by_severity), ("service", each.by_service), ("team", each.by_team)):
            rows += [(each.words, by, n.name, n.spread.count, n.spread.median, n.spread.p90) for n in named]
        times = zip(seen.starts, each.by_time, strict=True)
        rows += [
            (each.words, "time", f"{at:%Y-%m-%d}", spread.count, spread.median, spread.p90) for at, spread in times
        ]
    return header, rows


def _incidents(seen: Insights) -> Sheet:
    names = [(f"Severity {v.name}", v) for v in seen.severities] + [(f"Kind {v.name}", v) for v in seen.kinds]
    header = ("From", *(name for name, _ in names))
    return header, [(f"{at:%Y-%m-%d}", *(v.counts[n] for _, v in names)) for n, at in enumerate(seen.starts)]


def _promises(seen: Insights) -> Sheet:
    return ("Deadline", "Due", "Met in time", "Share"), [(p.words, p.due, p.in_time, p.share) for p in seen.promises]


def _pages(seen: Insights) -> Sheet:
    header = ("Person", "Pages", "Outside working hours", "At night", *(f"{hour:02}" for hour in range(24)))
    return header, [(p.name, p.pages, p.interruptions, p.nights, *p.by_hour) for p in seen.people]


def _load(seen: Insights) -> Sheet:
    header = ("Schedule", "Person", "Hours on call", "Pages", "At night", "Fairness of hours", "of pages", "of nights")
    return header, [
        (r.schedule, p.name, round(p.hours, 2), p.pages, p.nights, r.fair_hours, r.fair_pages, r.fair_nights)
        for r in seen.rotations
        for p in r.people
    ]


def _noise(seen: Insights) -> Sheet:
    header = ("Source", "Alerts", "Pages", "Alerts per page", "Acknowledged", "Over in 5 min alone", "Never acted upon")
    return header, [(n.source, *_numbers(n)) for n in seen.sources]


def _rules(seen: Insights) -> Sheet:
    header = ("Source", "Rule", "Alerts", "Acknowledged", "Over in 5 min alone", "Never acted upon")
    return header, [(n.source, n.rule, n.alerts, n.acknowledged, n.short, n.untouched) for n in seen.rules]


def _numbers(each: NoiseView) -> tuple[object, ...]:
    return (each.alerts, each.pages, each.per_page, each.acknowledged, each.short, each.untouched)


SHEETS: dict[str, Callable[[Insights], Sheet]] = {
    "response": _response,
    "incidents": _incidents,
    "promises": _promises,
    "pages": _pages,
    "load": _load,
    "noise": _noise,
    "rules": _rules,
}
