"""Measures on a solved game: the outlook, and sampled histories."""

from ripeness.questions.histories import Histories, simulate
from ripeness.questions.outlook import Outlook, forecast

__all__ = ["Histories", "Outlook", "forecast", "simulate"]
