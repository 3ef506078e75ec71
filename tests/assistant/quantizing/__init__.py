"""Layouts made and compared, with models small enough to be made for a test."""
