"""Scenario and mechanisms as plain arrays: the room between what an analyst writes and what the engine solves."""

from ripeness.game.build import Game, build
from ripeness.game.errors import GameError
from ripeness.game.overview import Overview, overview
from ripeness.game.tables import TableBuilder, Tables

__all__ = ["Game", "GameError", "Overview", "TableBuilder", "Tables", "build", "overview"]
