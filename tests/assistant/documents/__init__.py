"""Tests of the way of documents."""
