"""Folders that are whole or absent, whatever happens to the process that writes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ripeness.runs.folder import whole_or_absent, write_file

KEY = "0123456789abcdef"

WRITER = """
import signal, sys, time
from pathlib import Path
from ripeness.runs.folder import whole_or_absent
signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background it is ignored
target, key, keep = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "keep"
with whole_or_absent(target, key) as aside:
    (aside.path / "first").write_text("half")
    if keep:
        (aside.path / "checkpoint-000003.npy").write_text("done so far")
    print("filling", flush=True)
    time.sleep(60)
"""


def start_writer(target: Path, key: str = KEY, *, keep: bool = False) -> subprocess.Popen[str]:
    """A process that has begun to fill the folder and will not end by itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target), key, "keep" if keep else "no"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "filling\n"
    return process


def stop(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    process.communicate(timeout=30)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_finished_folder_appears_under_its_name_and_nothing_else_stays(tmp_path):
    with whole_or_absent(tmp_path / "a" / "run", KEY) as aside:
        (aside.path / "x").write_text("1")
        assert names(tmp_path / "a") == [".run.01234567.part"]
    assert names(tmp_path / "a") == ["run"]
    assert (tmp_path / "a" / "run" / "x").read_text() == "1"


def test_an_exception_leaves_nothing(tmp_path):
    def fail() -> None:
        with whole_or_absent(tmp_path / "run", KEY) as aside:
            (aside.path / "x").write_text("1")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert names(tmp_path) == []


def test_a_finished_folder_replaces_the_older_one_entirely(tmp_path):
    for name in ("old", "new"):
        with whole_or_absent(tmp_path / "run", KEY) as aside:
            (aside.path / name).write_text(name)
    assert names(tmp_path) == ["run"]
    assert names(tmp_path / "run") == ["new"]


def test_an_exception_keeps_the_older_folder(tmp_path):
    with whole_or_absent(tmp_path / "run", KEY) as aside:
        (aside.path / "old").write_text("old")
    with pytest.raises(RuntimeError), whole_or_absent(tmp_path / "run", KEY) as aside:
        raise RuntimeError
    assert names(tmp_path / "run") == ["old"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_writer_leaves_nothing_visible_and_the_next_one_tidies_up(tmp_path, number):
    stop(start_writer(tmp_path / "run"), number)
    assert [name for name in names(tmp_path) if not name.startswith(".")] == []
    with whole_or_absent(tmp_path / "run", "fedcba9876543210") as aside:
        (aside.path / "x").write_text("1")
    assert names(tmp_path) == ["run"]
    assert names(tmp_path / "run") == ["x"]


def test_a_checkpoint_of_a_killed_writer_is_found_by_the_same_inputs_only(tmp_path):
    stop(start_writer(tmp_path / "run", keep=True), signal.SIGKILL)
    with whole_or_absent(tmp_path / "run", KEY) as aside:
        assert names(aside.path) == ["checkpoint-000003.npy"]
    assert names(tmp_path / "run") == []

    stop(start_writer(tmp_path / "run", keep=True), signal.SIGKILL)
    with whole_or_absent(tmp_path / "run", "fedcba9876543210") as aside:
        assert names(aside.path) == []
    assert names(tmp_path) == ["run"]


def test_a_living_writer_of_the_same_folder_is_left_alone(tmp_path):
    process = start_writer(tmp_path / "run")
    try:
        with whole_or_absent(tmp_path / "run", KEY) as aside:
            assert names(aside.path) == []
        with whole_or_absent(tmp_path / "run", "fedcba9876543210"):
            pass
        assert names(tmp_path) == [".run.01234567.part", "run"]
        assert names(tmp_path / ".run.01234567.part") == ["first"]
    finally:
        stop(process, signal.SIGKILL)


def test_leftovers_of_another_folder_are_left_alone(tmp_path):
    stop(start_writer(tmp_path / "run.deadbeef"), signal.SIGKILL)
    with whole_or_absent(tmp_path / "run", KEY):
        pass
    assert names(tmp_path) == [".run.deadbeef.01234567.part", "run"]


def test_a_writer_that_died_between_the_two_renames_gives_the_older_folder_back(tmp_path):
    (tmp_path / ".run.01234567.old").mkdir()
    (tmp_path / ".run.01234567.old" / "older").write_text("1")
    with pytest.raises(RuntimeError), whole_or_absent(tmp_path / "run", KEY):
        raise RuntimeError
    assert names(tmp_path) == ["run"]
    assert names(tmp_path / "run") == ["older"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    write_file(tmp_path / "x", b"old")

    def fail(*paths: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_file(tmp_path / "x", b"new")
    assert names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"
