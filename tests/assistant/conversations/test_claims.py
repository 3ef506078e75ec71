"""What an answer only quotes goes with its document: quotations, cells of a table, and the query that names them."""

from __future__ import annotations

from assistant.conversations.claims import without
from assistant.values import Claim, Support


def test_quotes_cells_and_queries_go_and_the_persons_words_stay() -> None:
    parts = ["“canarywort” [1]\n\n", "From these cells:\n\n", "| Item |\n|-|\n| canarywort |", "\n\nAsked as:\n\n"]
    parts += ["```sql\nSELECT canarywort\n```", "\n\nMy own words."]
    text = "".join(parts)
    table, code = text.index("| Item"), text.index("```sql")
    claims = (
        Claim(0, len("“canarywort”"), Support.SUPPORTED, 1),
        Claim(table, table + len(parts[2]), Support.SUPPORTED, 1),
        Claim(code, code + len(parts[4]), Support.SUPPORTED, 1),
        Claim(len(text) - len("My own words."), len(text), Support.NOT_FOUND),
    )
    left, kept = without(text, claims, {1})
    assert "canarywort" not in left
    assert left == "“…” [1]\n\nFrom these cells:\n\n“…”\n\nAsked as:\n\n“…”\n\nMy own words."
    assert [left[claim.start : claim.end] for claim in kept] == ["“…”", "“…”", "“…”", "My own words."]
    assert without(text, claims, {2})[0] == text
