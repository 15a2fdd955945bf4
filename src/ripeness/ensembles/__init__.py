"""Ensembles: one scenario solved over the whole ranges of its assumptions, resumable and reproducible."""
