"""Folders that are whole or absent.

A folder is filled aside, under a hidden name in the same parent, and renamed when it is complete. A process that dies
in between, however it dies, leaves nothing under the visible name. What it leaves aside is found by the next run of the
same target: adopted where it belongs to the same inputs (it may hold a checkpoint), else removed. An exclusive lock
on the hidden folder, which the system releases with the process, tells the living from the dead.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # no such locks on this system: every run has a folder of its own, and leftovers stay
    fcntl = None  # type: ignore[assignment]

KEEP = "checkpoint"
"""A folder aside with a file whose name starts so survives an interruption, to be continued; it is not published."""


@dataclass(frozen=True)
class Aside:
    """A hidden folder that is being filled; `lock` is the descriptor that holds it."""

    path: Path
    target: Path
    lock: int | None

    def checkpoints(self) -> list[Path]:
        """Files from which an interrupted run can go on."""
        return sorted(self.path.glob(f"{KEEP}*"))


@contextlib.contextmanager
def whole_or_absent(target: Path, key: str) -> Iterator[Aside]:
    """Fill a hidden folder inside the `with` block; it becomes `target` at the end, replacing a folder of that name.

    After an exception nothing is published, and the hidden folder is removed unless it holds a checkpoint.

    Args:
        target: folder to appear; its parent is created.
        key: at least eight hexadecimal digits that stand for the inputs; only the same key adopts a checkpoint.
    """
    target = Path(os.path.abspath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = _claim(target, key[:8])
    try:
        yield aside
        for path in aside.checkpoints():
            path.unlink()
        _publish(aside)
    except BaseException:
        if not (aside.path.is_dir() and aside.checkpoints()):
            shutil.rmtree(aside.path, ignore_errors=True)
        raise
    finally:
        if aside.lock is not None:
            os.close(aside.lock)


def write_file(path: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that a reader finds it whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _claim(target: Path, key: str) -> Aside:
    """A locked folder aside; leftovers of dead runs are removed or, under the same key, adopted."""
    wanted = target.with_name(f".{target.name}.{key}.part")
    leftover = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}(-\d+)?\.(part|old)")
    if fcntl is not None:
        for path in sorted(target.parent.iterdir()):
            if leftover.fullmatch(path.name) and path != wanted and (lock := _lock(path)) is not None:
                if path.suffix == ".old" and not target.exists():  # died between the two renames of `_publish`
                    os.rename(path, target)
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)
        wanted.mkdir(exist_ok=True)
        if (lock := _lock(wanted)) is not None:
            for path in wanted.iterdir():
                if not path.name.startswith(KEEP):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            return Aside(wanted, target, lock)
    own = wanted.with_name(f".{target.name}.{key}-{os.getpid()}.part")
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    return Aside(own, target, _lock(own))


def _lock(path: Path) -> int | None:
    """Descriptor that holds a folder, or None where a living process has it or it is gone."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its owner may have renamed it between our opening and locking it: then the name is no longer this folder's.
        if os.stat(path).st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _publish(aside: Aside) -> None:
    """Give the finished folder its name. An older folder of that name steps aside and comes back if this fails."""
    for path in aside.path.rglob("*"):
        if path.is_file():
            _flush(path)
    old = aside.path.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    replaced = aside.target.exists()
    if replaced:
        os.rename(aside.target, old)
    try:
        os.rename(aside.path, aside.target)
    except OSError:
        if replaced:
            os.rename(old, aside.target)
        raise
    _flush(aside.target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have the system write a file or folder to the disk, so that a power cut after the rename finds it complete."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
