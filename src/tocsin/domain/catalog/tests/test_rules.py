"""The dependency graph and the catalogue file, as pure functions."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.catalog.rules.catalogue_file import Listed, differences, read, write
from tocsin.domain.catalog.rules.graph import circle, reach, reversed_graph
from tocsin.kernel.errors import Invalid

GRAPHS = st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=5), max_size=13)
SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,6})?", fullmatch=True)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


def sorts(graph: dict[int, list[int]]) -> bool:
    """Whether services can be put in an order in which each comes after all it needs (Kahn's algorithm)."""
    left = {node: set(steps) for node, steps in graph.items()}
    for steps in list(left.values()):
        for step in steps:
            left.setdefault(step, set())
    while free := [node for node, steps in left.items() if not steps]:
        for node in free:
            del left[node]
        for steps in left.values():
            steps.difference_update(free)
    return not left


@given(GRAPHS)
def test_a_circle_is_found_exactly_when_the_services_cannot_be_put_in_order(graph: dict[int, list[int]]) -> None:
    found = circle(graph)
    assert (found is None) == sorts(graph)
    if found is not None:
        assert found[0] == found[-1]
        assert all(needed in graph[node] for node, needed in pairwise(found))
        assert len(set(found)) == len(found) - 1


@given(GRAPHS, st.integers(0, 12))
def test_who_breaks_with_a_service_is_the_mirror_of_what_it_needs(graph: dict[int, list[int]], start: int) -> None:
    back = reversed_graph(graph)
    assert set(reach(back, start)) == {node for node in graph if node != start and start in reach(graph, node)}


def test_a_chain_of_ten_thousand_services_is_no_trouble() -> None:
    chain = {n: [n + 1] for n in range(10_000)}
    assert circle(chain) is None
    assert len(reach(chain, 0)) == 10_000
    assert circle({**chain, 10_000: [0]}) is not None


@st.composite
def catalogues(draw: st.DrawFn) -> list[Listed]:
    slugs = sorted(draw(st.sets(SLUGS, max_size=8)))
    return [
        Listed(
            slug=slug,
            name=draw(NAMES),
            description=draw(NAMES | st.just("")),
            kind=draw(st.sampled_from(["service", "component", "system"])),
            tier=draw(st.integers(1, 4)),
            owner=draw(SLUGS | st.just("")),
            needs=tuple(slugs[: draw(st.integers(0, number))]),
        )
        for number, slug in enumerate(slugs)
    ]


@given(catalogues())
def test_a_written_catalogue_reads_back_the_same(services: list[Listed]) -> None:
    assert read(write(services)) == services
    assert differences(services, read(write(services))) == []


def test_differences_are_said_in_words() -> None:
    old = [Listed("checkout", "Checkout", needs=("database",)), Listed("legacy", "Legacy")]
    new = [Listed("checkout", "Checkout", tier=1, owner="shop", needs=("payments",)), Listed("payments", "Payments")]
    assert [str(change) for change in differences(old, new)] == [
        "~ service checkout: tier 3 to 1; owner none to shop; needs payments; no longer needs database",
        "+ service payments: Payments",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not YAML"),
        ("hello", "list called 'services'"),
        ("services: [7]", "services[1]: write 'slug:'"),
        ("services: [{slug: a, nam: A}]", "'nam' is not known"),
        ("services: [{slug: 'A B'}]", "services[1].slug: 'A B' must be letters"),
        ("services: [{slug: a}, {slug: a}]", "'a' is listed twice"),
        ("services: [{slug: a, tier: 5}]", "services[1].tier: '5' is not a tier"),
        ("services: [{slug: a, tier: high}]", "'high' is not a tier"),
        ("services: [{slug: a, tier: [1]}]", "is not a tier"),
        ("services: [{slug: a, kind: thing}]", "'thing' is none of"),
        ("services: [{slug: a, needs: b}]", "services[1].needs: write a list"),
        ("services: !!python/object/apply:os.system ['true']", "not YAML"),
        ("services: [{slug: a, {b: c}: d}]", "file"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place_and_the_mend(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert told in refused.value.sentence
