"""Tooltips that show a person's text as it is: Qt reads whatever looks like HTML in a tooltip as HTML."""

from __future__ import annotations


def tip(text: str) -> str:
    """`text` for a tooltip; "" for none."""
    if not text:
        return ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<div>{escaped}</div>".replace("\n", "<br>")


def untipped(tooltip: str) -> str:
    """The text that a tooltip of `tip` was made from."""
    text = tooltip.removeprefix("<div>").removesuffix("</div>").replace("<br>", "\n")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
