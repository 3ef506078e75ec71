"""Tests of Privet; they mirror the source, and the folders beside cut across it."""
