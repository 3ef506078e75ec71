"""Privet in a terminal: everything the window can do, in words, and as JSON for scripts.

May not: reach past the front doors of the rooms; print a control character that came from a document.
"""

from assistant.cli.main import main

__all__ = ["main"]
