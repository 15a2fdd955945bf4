"""A solved game in a few kilobytes: what goes in comes out, whatever the machine did in between."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import ripeness
from ripeness.engine import Solution, solve
from ripeness.questions import digest as module
from ripeness.questions.digest import MAGIC, Digest, digest
from ripeness.runs.solving import solve as solve_game
from tests.questions import toys, typed_toys


@pytest.fixture(scope="module")
def kept(small: Solution) -> Digest:
    return digest(small)


@pytest.fixture(scope="module")
def of_types() -> Digest:
    return digest(solve_game(typed_toys.tiny(), dtype=np.float64, threads=1))


def test_bytes_give_back_every_label_and_every_bit(kept: Digest, of_types: Digest) -> None:
    for each in (kept, of_types):
        again = Digest.from_bytes(each.to_bytes())
        assert again.labels == each.labels
        assert again.facts == each.facts
        assert set(again.arrays) == set(each.arrays)
        for name, array in each.arrays.items():
            assert again.arrays[name].dtype == array.dtype, name
            np.testing.assert_array_equal(again.arrays[name], array, err_msg=name)


def test_the_same_game_gives_the_same_bytes_whatever_the_threads(small: Solution, kept: Digest) -> None:
    said = kept.to_bytes()
    assert digest(small, threads=1).to_bytes() == said
    assert digest(small, threads=2).to_bytes() == said
    assert Digest.from_bytes(said).to_bytes() == said
    assert pickle.loads(pickle.dumps(Digest.from_bytes(said))).to_bytes() == said


def test_a_case_of_sixty_periods_takes_tens_of_kilobytes(kept: Digest) -> None:
    """15 packages, 3 actors, 35 points of axes: 241 series of single-precision numbers, smaller than they are plain."""
    plain = sum(array.nbytes for array in kept.arrays.values() if array.dtype == np.float32)
    assert plain == 4 * (241 * 60 + 1)
    assert len(kept.to_bytes()) < 0.8 * plain


def test_a_war_without_a_patron_has_a_digest() -> None:
    two = digest(solve_game(ripeness.build(ripeness.load("textbook"))))
    assert two.labels.roles == ("attacker", "defender")
    assert two.labels.postures == ("stand back",)
    assert two.arrays["settled"].shape == (1, 40, 2, 50)
    assert Digest.from_bytes(two.to_bytes()).labels == two.labels


def test_types_and_views_stand_in_the_digest(of_types: Digest) -> None:
    said = of_types.labels
    assert said.types == ("attacker: limited aims", "attacker: wider aims")
    assert said.observers == (("attacker", ("truth", "public", "defender", "patron")),)
    assert said.views == ("truth", "attacker", "defender", "patron", *said.types)
    np.testing.assert_allclose(of_types.arrays["weight"][:, 1], [0.4, 0.4, 0.7, 0.2, 0.0, 1.0], rtol=1e-12)
    # given a type, the whole of the war is somewhere: settled, ended, or open at the horizon
    ended = of_types.arrays["settled"].sum(axis=(1, 2, 3)) + of_types.arrays["ended"].sum(axis=(1, 2))
    np.testing.assert_allclose(ended + of_types.arrays["open"][:, -1], 1.0, atol=1e-5)  # sums of single precision
    np.testing.assert_allclose(
        of_types.arrays["nodes/attacker"].sum(axis=2), of_types.arrays["open"][:, :-1], rtol=1e-5
    )


def test_types_that_are_known_hide_nothing() -> None:
    beliefs = {"attacker": typed_toys.ATTACKER, "known": True}
    known = digest(solve_game(typed_toys.tiny(beliefs=beliefs), dtype=np.float64, threads=1))
    assert known.labels.types
    assert known.labels.observers == ()
    assert known.facts.secret == ()


def test_a_solution_without_labels_is_refused() -> None:
    game = toys.tiny()
    bare = solve(game.tables, threads=1)
    with pytest.raises(ValueError, match="game is missing"):
        digest(bare)
    assert digest(bare, game).to_bytes() == digest(replace(bare, game=game)).to_bytes()


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[: len(MAGIC) + 9], lambda b: b"",
                                    lambda b: b"{}" + b, lambda b: b[:40] + b"xx" + b[42:]])  # fmt: skip
def test_damaged_bytes_are_refused_with_the_remedy(kept: Digest, damage: object) -> None:
    with pytest.raises(ValueError, match="Solve the draw again"):
        Digest.from_bytes(damage(kept.to_bytes()))  # type: ignore[operator]


def test_no_time_and_no_name_of_a_machine_is_in_the_bytes(kept: Digest) -> None:
    said = kept.to_bytes()
    size = int.from_bytes(said[len(MAGIC) : len(MAGIC) + 4], "little")
    header = zlib.decompress(said[len(MAGIC) + 4 : len(MAGIC) + 4 + size]).decode()
    assert header.startswith('{"labels":[1.0,"2030-01-01",60,["attacker","defender","patron"]')


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 3)),
        elements=st.floats(width=32, allow_nan=True, allow_infinity=True, allow_subnormal=True),
    )
)
def test_packing_keeps_every_bit_of_any_series(series: np.ndarray) -> None:
    again = module._unpack("<f4", series.shape, module._pack(series))
    assert again.tobytes() == np.ascontiguousarray(series).tobytes()
