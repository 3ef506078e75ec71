"""Tests of how the window looks."""
