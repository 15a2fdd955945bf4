"""Other tools' formats: slices of a game for Gambit; negotiation domains as plans and back (`domains` and others)."""

from ripeness.interop.errors import ExportError
from ripeness.interop.extensive import ExtensiveForm, InformationSet, Situation, Slice
from ripeness.interop.gambit import efg
from ripeness.interop.names import Names, names_of, plain_names
from ripeness.interop.slices import (
    MOST_INFORMATION_SETS,
    extensive_form,
    faults_of,
    known_values,
    restricted,
    terminal_values,
)

__all__ = [
    "MOST_INFORMATION_SETS", "ExportError", "ExtensiveForm", "InformationSet", "Names", "Situation", "Slice", "efg",
    "extensive_form", "faults_of", "known_values", "names_of", "plain_names", "restricted", "terminal_values",
]  # fmt: skip
