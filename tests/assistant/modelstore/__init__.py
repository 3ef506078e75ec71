"""Tests of assistant.modelstore."""
