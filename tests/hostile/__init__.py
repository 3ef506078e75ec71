"""Malformed documents, models, frames and files."""
