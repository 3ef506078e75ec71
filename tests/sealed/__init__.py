"""Tests of sealed."""
