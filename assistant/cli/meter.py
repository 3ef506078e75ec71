"""The context meter in words."""

from __future__ import annotations

from assistant.values import Outlook


def meter(outlook: Outlook) -> str:
    """How full the model's memory would be, part by part, and how long the first word would take."""
    use = outlook.use
    share = round(100 * use.used / use.size)
    parts = {
        "instructions": use.instructions,
        "documents": use.documents,
        "conversation": use.conversation,
        "question": use.question,
        "kept free for the answer": use.reserve,
    }
    lines = [
        f"{use.used:,} of {use.size:,} tokens ({share} %), {outlook.cached:,} of them read already.",
        "    " + ", ".join(f"{name} {tokens:,}" for name, tokens in parts.items()),
    ]
    if outlook.seconds is not None:
        lines.append(f"The first word would take about {outlook.seconds:.1f} s.")
    if outlook.left_out:
        lines.append(outlook.left_out)
    return "\n".join(lines)
