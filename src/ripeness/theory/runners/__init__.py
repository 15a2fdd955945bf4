"""Runners of the theory's cases, one module per part of the theory."""
