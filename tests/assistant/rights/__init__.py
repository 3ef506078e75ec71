"""Tests of what a person may do with their data as a whole."""
