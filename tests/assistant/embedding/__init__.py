"""Tests of assistant.embedding."""
