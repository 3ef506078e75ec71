"""SQL asked of one table, alone in a database in memory: read-only, within limits of time and size."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.tables.frame import ROW_NUMBER, Frame, Value

NAME: Final = "data"
"""What the table is called in a query."""

_SECONDS: Final = 3.0
_MOST_ROWS: Final = 1_000
_MOST_CELLS: Final = 5_000
_LONGEST: Final = 4_000  # characters of a query
_MEMORY: Final = 256 << 20
_STEPS: Final = 2_000  # of SQLite's machine between two looks at the clock
_FUNCTIONS: Final = frozenset(
    "count sum total avg min max abs round coalesce ifnull nullif iif lower upper length substr trim like instr".split()
)
_LIMITS: Final = (
    (sqlite3.SQLITE_LIMIT_LENGTH, 1 << 22),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST),
    (sqlite3.SQLITE_LIMIT_COLUMN, 200),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 60),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 40),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)
_TOKEN: Final = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`[^`]*`|\w+|\s+|--[^\n]*|/\*.*?\*/|.""", re.DOTALL
)
_CLAUSES: Final = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"})
_SETS: Final = frozenset({"UNION", "INTERSECT", "EXCEPT"})


class Refused(ValueError):
    """A query that is not run, or came to no end; says why in a few words."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found. cells: (row number, number of the column in the frame) of the cells it rests on.

    exact: False where all cells of the columns that were read are named, since no more can be told. more: there
    were more rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    cells: tuple[tuple[int, int], ...]
    exact: bool = True
    more: bool = False


def run(frame: Frame, sql: str) -> Result:
    """Ask `frame`, as the table "data". Raises Refused for anything but one SELECT of it within the limits."""
    if len(sql) > _LONGEST or "\0" in sql:
        raise Refused("it is too long")
    with _Database(frame) as database:
        columns, rows, more = database.ask(sql, _MOST_ROWS)
        read = database.read
        cells, exact = _cells(frame, sql, database)
        if not exact:
            touched = [at for name in read if (at := frame.named(name)) is not None and frame.columns[at].at >= 0]
            cells = [(int(row[0] or 0), at) for row in frame.rows for at in sorted(touched)][:_MOST_CELLS]
        return Result(columns, rows, tuple(dict.fromkeys(cells)), exact, more)


class _Database:
    """The frame in a database of its own."""

    def __init__(self, frame: Frame) -> None:
        self.read: set[str] = set()
        self._until = 0.0
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        try:
            self._fill(frame)
        except sqlite3.Error as error:
            self._connection.close()
            raise Refused("the table is too large") from error

    def _fill(self, frame: Frame) -> None:
        connection = self._connection
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(f"PRAGMA hard_heap_limit = {_MEMORY}")
        names = ", ".join(
            f"{quoted(column.name)}" for column in frame.columns
        )  # without a type: values stay as they are
        connection.execute(f"CREATE TABLE {NAME} ({names})")
        marks = ", ".join("?" * len(frame.columns))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO {NAME} VALUES ({marks})", frame.rows)
        connection.execute("COMMIT")
        connection.execute("PRAGMA query_only = ON")
        for limit, value in _LIMITS:
            connection.setlimit(limit, value)
        connection.set_authorizer(self._allows)
        connection.set_progress_handler(lambda: int(time.monotonic() > self._until), _STEPS)

    def __enter__(self) -> _Database:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def ask(self, sql: str, most: int) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...], bool]:
        """Names of the columns, rows, and whether there were more. Raises Refused."""
        self._until = time.monotonic() + _SECONDS
        try:
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(most + 1)
        except sqlite3.ProgrammingError as error:
            raise Refused("it is more than one question") from error
        except sqlite3.Error as error:
            raise Refused(_why(error)) from error
        except (MemoryError, OverflowError) as error:
            raise Refused("it asks for too much") from error
        if cursor.description is None:
            raise Refused("it asks for nothing")
        found = tuple(tuple(_plain(value) for value in row) for row in rows[:most])
        return tuple(str(one[0]) for one in cursor.description), found, len(rows) > most

    def _allows(self, action: int, first: str | None, second: str | None, database: str | None, via: str | None) -> int:
        """SELECT, the columns of the one table, and functions that only compute; nothing else."""
        if action == sqlite3.SQLITE_READ and first == NAME:
            self.read.add(second or "")
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_OK if action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _plain(value: object) -> Value:
    return value if isinstance(value, int | float | str) or value is None else None


def _why(error: sqlite3.Error) -> str:
    said = str(error)
    if "interrupt" in said:
        return f"it took longer than {_SECONDS:.0f} seconds"
    if "prohibited" in said or "not authorized" in said:
        return "it does more than read this table"
    if "memory" in said or "too big" in said or "too many" in said:
        return "it asks for too much"
    return "it is no query that this table understands"


@dataclass(frozen=True, slots=True)
class _Scope:
    """One SELECT in a query. columns, where, tail: as text; tail is its ORDER BY and LIMIT."""

    columns: str
    where: str
    tail: str
    plain: bool


def _cells(frame: Frame, sql: str, database: _Database) -> tuple[list[tuple[int, int]], bool]:
    """The cells that a query takes its result from; False where that can't be told from its words."""
    cells: list[tuple[int, int]] = []
    for scope in _scopes(sql):
        named = _columns(frame, scope.columns)
        if not scope.plain:
            return [], False
        if not named and frame.label is not None:
            named = [frame.label]  # count(*): the rows that were counted, by their names
        try:
            _, rows, _ = database.ask(f"SELECT {ROW_NUMBER} FROM {NAME}{scope.where}{scope.tail}", _MOST_CELLS)
        except Refused:
            return [], False
        by_number = {row[0]: row for row in frame.rows}
        cells += [
            (number, at)
            for (number, *_) in rows
            for at in named
            if isinstance(number, int) and number in by_number and by_number[number][at] is not None
        ]
    return cells[:_MOST_CELLS], bool(cells)


def _columns(frame: Frame, text: str) -> list[int]:
    found: list[int] = []
    for token in _TOKEN.findall(text):
        name = token[1:-1].replace('""', '"') if token[:1] == '"' else token
        at = frame.named(name) if token[:1] != "'" else None
        if at is not None and frame.columns[at].at >= 0 and at not in found:
            found.append(at)
    return found


def _scopes(sql: str) -> Iterator[_Scope]:
    """Each SELECT of the table itself; what selects from another SELECT rests on what that one does."""
    tokens = [token for token in _TOKEN.findall(sql) if not token.startswith(("--", "/*"))]
    for at, token in enumerate(tokens):
        if token.upper() == "SELECT":
            parts = _clauses(tokens[at + 1 :])
            if parts.get("FROM", "").strip().strip('"').casefold() == NAME:
                where = f" WHERE{parts['WHERE']}" if "WHERE" in parts else ""
                grouped = "GROUP" in parts or "HAVING" in parts
                tail = "".join(f" {name}{parts[name]}" for name in ("ORDER", "LIMIT") if name in parts)
                yield _Scope(parts["SELECT"], where, tail, not grouped)


def _clauses(tokens: Sequence[str]) -> dict[str, str]:
    """The text behind each keyword, up to the end of this SELECT; SELECTs in brackets are left out of its columns."""
    parts: dict[str, str] = {"SELECT": ""}
    current, depth, inner = "SELECT", 0, 0
    for at, token in enumerate(tokens):
        word = token.upper()
        if token == ")":
            depth -= 1
            if depth < 0:
                break
            inner = inner if depth >= inner else 0
        if depth == 0 and (word in _SETS or token == ";"):
            break
        if token == "(":
            depth += 1
            following = next((one for one in tokens[at + 1 :] if not one.isspace()), "")
            if not inner and following.upper() == "SELECT":
                inner = depth
        if depth == 0 and word in _CLAUSES:
            current = word
            parts[current] = ""
            continue
        if current != "SELECT" or not inner:
            parts[current] += token
    return parts
