"""The command line: parse, call one function, print. One module per group of commands."""

from ripeness.cli.app import app, main

__all__ = ["app", "main"]
