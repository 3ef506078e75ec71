"""Tooltips that show a person's text as it is: Qt reads whatever looks like HTML in a tooltip as HTML."""

from __future__ import annotations

from html import escape


def tip(text: str) -> str:
    """`text` for a tooltip; "" for none."""
    return f"<div>{escape(text)}</div>".replace("\n", "<br>") if text else ""
