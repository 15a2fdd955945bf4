"""The engine for games in which sides have types that others do not know (theory I.ii)."""
