"""The program `ripeness` and what all its commands share."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from ripeness.cli import (
    claim_commands,
    deal_commands,
    ensemble_commands,
    export_commands,
    import_commands,
    run_commands,
    scenario_commands,
    source_commands,
)
from ripeness.cli.terminal import print_error

PURPOSE = "Write a war down in one file; learn whether it is ripe for settlement, when, on what terms, and for whom."

app = typer.Typer(
    name="ripeness",
    help=PURPOSE,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 1 unexpected error, 2 bad input, 130 interrupted.",
)
scenario_commands.add_to(app)
run_commands.add_to(app)
deal_commands.add_to(app)
claim_commands.add_to(app)
ensemble_commands.add_to(app)
import_commands.add_to(app)
export_commands.add_to(app)
source_commands.add_to(app)


@app.callback(help=PURPOSE)
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
) -> None:
    """What all commands share."""


@app.command()
def version() -> None:
    """Version of ripeness."""
    from importlib.metadata import version

    print(version("ripeness"))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    if debug:  # may stand anywhere
        given = ["--debug", *(word for word in given if word != "--debug")]
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        app(given, prog_name="ripeness")
    except KeyboardInterrupt:
        print_error("interrupted")
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe went away: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        print_error(f"unexpected {type(error).__name__}: {error}", "Run again with --debug for the traceback.")
        sys.exit(1)
    sys.exit(0)


def _terminate(number: int, frame: object) -> NoReturn:
    """Leave on request of the system as an exception, so that folders aside are tidied."""
    sys.exit(128 + number)
