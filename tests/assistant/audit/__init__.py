"""Tests of the log of what was asked of what."""
