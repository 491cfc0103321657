"""The dependency graph: what breaks with what, and whether a new dependency would close a circle.

A graph is `{service: everything it needs}`. Never touches a table; linear in services and dependencies.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Graph = Mapping[Node, Iterable[Node]]


def circle(graph: Graph[Node]) -> list[Node] | None:
    """Some circle, first node repeated at its end (`[a, b, a]`: a needs b, b needs a); None when there is none."""
    finished: set[Node] = set()
    for start in graph:
        if start in finished:
            continue
        path: list[Node] = [start]
        on_path = {start}
        pending = [iter(graph.get(start, ()))]
        while pending:
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                done = path.pop()
                on_path.discard(done)
                finished.add(done)
            elif step in on_path:
                return [*path[path.index(step) :], step]
            elif step not in finished:
                path.append(step)
                on_path.add(step)
                pending.append(iter(graph.get(step, ())))
    return None


def reach(graph: Graph[Node], start: Node) -> list[Node]:
    """Everything that `start` needs, directly or through others, nearest first; never `start` itself."""
    found: dict[Node, None] = {start: None}
    queue = [start]
    for node in queue:
        for step in graph.get(node, ()):
            if step not in found:
                found[step] = None
                queue.append(step)
    return queue[1:]


def reversed_graph(graph: Graph[Node]) -> dict[Node, list[Node]]:
    """The same dependencies read the other way: `{service: everything that needs it}`."""
    back: dict[Node, list[Node]] = {}
    for node, steps in graph.items():
        for step in steps:
            back.setdefault(step, []).append(node)
    return back
