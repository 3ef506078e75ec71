"""Tests of assistant.settings."""
