"""Tests of assistant.reranking."""
