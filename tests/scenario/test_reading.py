"""Reading YAML: the same data as another reader, with places, and never more than the limits."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ripeness.scenario.reading import LIMITS, Node, read, read_value
from tests.scenario.broken import SOUND
from tests.scenario.writing import write


def plain(text: str) -> Any:
    reading = read_value(text, "x.yaml")
    assert reading.root is not None, reading.faults
    assert reading.faults == ()
    return reading.root.plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ('""', ""),
        ("true", True), ("FALSE", False), ("yes", "yes"), ("on", "on"), ("n", "n"),
        ("12", 12), ("-12", -12), ("+12", 12), ("012", 12), ("0o14", 12), ("0xC", 12), ("1_000", "1_000"),
        ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-3", -0.0015), ("1e", "1e"), (".", "."),
        ("2025-12", "2025-12"), ("2025-12-03", "2025-12-03"), ("12:30", "12:30"), ("'12'", "12"), ('"1.5"', "1.5"),
        ("=", "="), ("|\n  a\n  b\n", "a\nb\n"), (">\n  a\n  b\n", "a b\n"), ("a # b", "a"), ("a#b", "a#b"),
        ("[1, [a, {b: c}]]", [1, ["a", {"b": "c"}]]), ("{}", {}), ("[]", []), ("? a\n: b", {"a": "b"}),
        ("1: x\ntrue: y\n2.50: z", {"1": "x", "true": "y", "2.50": "z"}),
        ("a: &x {b: 1}\nc: *x\nd: [*x, *x]", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
        ("%YAML 1.2\n---\na: b\n...\n", {"a": "b"}), ("\ufeffa: b", {"a": "b"}),
        ("a: Grün 和平 🕊", {"a": "Grün 和平 🕊"}),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: Any) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True), below, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(JSON)
def test_json_reads_as_the_same_data(data: Any) -> None:
    assert plain(json.dumps(data)) == data


@pytest.mark.slow
@settings(max_examples=150, derandomize=True, deadline=None)
@given(JSON)
def test_more_json_reads_as_the_same_data(data: Any) -> None:
    assert plain(json.dumps(data)) == data


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.dictionaries(st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True), JSON, min_size=1, max_size=5))
def test_every_key_and_value_has_the_place_where_the_writer_put_it(data: dict[str, Any]) -> None:
    written = write(data)
    reading = read(written.text, "x.yaml")
    assert reading.root is not None
    for path, place in written.places.items():
        around: Node | None = reading.root
        for key in path[:-1]:
            assert around is not None
            around = around.child(key)
        assert around is not None
        node = around.child(path[-1])
        assert node is not None
        assert (node.line, node.column) == place.value
        if isinstance(around.value, dict):
            entry = around.value[str(path[-1])]
            assert (entry.line, entry.column) == place.key


def test_alias_stands_where_it_is_used_and_its_content_where_it_is_written() -> None:
    root = read("a: &x {b: 1}\nc: *x\n", "x.yaml").root
    assert root is not None
    used = root.child("c")
    assert used is not None
    inside = used.child("b")
    assert inside is not None
    assert (used.line, used.column) == (2, 4)
    assert (inside.line, inside.column) == (1, 11)


def test_size_counts_aliases_as_what_they_stand_for() -> None:
    root = read("a: &x [1, 2, 3]\nb: [*x, *x]\n", "x.yaml").root
    assert root is not None
    assert root.size == 1 + 1 + 4 + 1 + (1 + 2 * 4)
    assert root.height == 3


def test_reading_goes_on_after_a_fault_that_leaves_the_structure_whole() -> None:
    reading = read("a: !t 1\na: 2\nb: .inf\nc: *no\n<<: {}\nd: 5\n", "x.yaml")
    assert [fault.line for fault in reading.faults] == [1, 2, 3, 4, 5]
    assert reading.root is not None
    assert reading.root.plain() == {"a": "1", "b": 0.0, "c": None, "d": 5}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        "{" * 9_000,
        ("[" * 9_000 + "\n") * 110,
        ("!" * 9_000 + "\n") * 110,
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{k + 1}: &{k + 1} [*{k or 'a'},*{k or 'a'}]\n" for k in range(60)),
        "".join(f"{' ' * k}a:\n" for k in range(1_400)),
        "- " * 4_900,
        "? " * 4_900,
        "".join(f"k{k}: v\n" for k in range(80_000)),
        "k: " + "\n  word" * 140_000,
        "&a\n" * 200_000,
        "x: '" + "''\n" * 250_000,
    ],
    ids=range(12),
)
def test_bomb_is_refused_or_read_within_seconds(text: str) -> None:
    started = time.process_time()
    reading = read(text, "x.yaml")
    assert reading.root is None or reading.root.size <= LIMITS.nodes
    assert time.process_time() - started < 10.0


def test_limits_leave_room_for_a_hundred_scenarios() -> None:
    root = read(SOUND, "x.yaml").root
    assert root is not None
    assert root.size * 100 < LIMITS.nodes
    assert len(SOUND) * 100 < LIMITS.n_bytes
    assert root.height * 4 <= LIMITS.depth
