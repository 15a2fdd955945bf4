"""The shell around the rooms: solve a scenario into a run folder, whole or absent, and compare two of them."""
