"""Tests of assistant.retrieval."""
