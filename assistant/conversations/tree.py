"""A conversation's turns as a tree: of the turns that stand in one place, one is shown.

A turn is always younger than the one it hangs on, so a branch in order of ids is in order of the conversation.
"""

from __future__ import annotations

from typing import Final

from assistant.values import ConversationId, TurnId
from assistant.vault import Connection

_SHOWN: Final = (
    "WITH RECURSIVE branch (id) AS ("
    "SELECT id FROM turns WHERE conversation = ? AND parent IS NULL AND shown UNION ALL "
    "SELECT turns.id FROM turns JOIN branch ON turns.parent = branch.id WHERE turns.shown) "
    "SELECT id FROM branch ORDER BY id"
)
_UNTIL: Final = (
    "WITH RECURSIVE branch (id, parent) AS ("
    "SELECT id, parent FROM turns WHERE id = ? UNION ALL "
    "SELECT turns.id, turns.parent FROM turns JOIN branch ON turns.id = branch.parent) "
    "SELECT id FROM branch ORDER BY id"
)


def shown(connection: Connection, conversation: ConversationId) -> list[TurnId]:
    """The branch that is shown, from its first turn to its last."""
    return [TurnId(row[0]) for row in connection.execute(_SHOWN, (conversation,))]


def until(connection: Connection, turn: TurnId) -> list[TurnId]:
    """The branch from its first turn to this one; empty where there is no such turn."""
    return [TurnId(row[0]) for row in connection.execute(_UNTIL, (turn,))]


def versions(connection: Connection, conversation: ConversationId) -> dict[TurnId, tuple[TurnId, ...]]:
    """For each turn of a conversation all those in its place, itself included, oldest first."""
    places: dict[int | None, list[TurnId]] = {}
    for turn, parent in connection.execute(
        "SELECT id, parent FROM turns WHERE conversation = ? ORDER BY id", (conversation,)
    ):
        places.setdefault(parent, []).append(TurnId(turn))
    return {turn: tuple(place) for place in places.values() for turn in place}


def show(connection: Connection, turn: TurnId) -> None:
    """Show the branch that goes through `turn`; below it, the turns that were shown there last."""
    for on_the_way in until(connection, turn):
        connection.execute(
            "UPDATE turns SET shown = 0 FROM (SELECT conversation, parent FROM turns WHERE id = ?) AS place"
            " WHERE turns.conversation = place.conversation AND turns.parent IS place.parent"
            " AND turns.shown AND turns.id <> ?",
            (on_the_way, on_the_way),
        )
        # After the others: at no moment are two shown in one place, and the index would not let them be.
        connection.execute("UPDATE turns SET shown = 1 WHERE id = ? AND NOT shown", (on_the_way,))
