"""The rows of a table that are of a year: where a column of years or days says so; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.tables import ROW_NUMBER, Frame


@dataclass(frozen=True, slots=True)
class Periods:
    """A column that says of which year a row is. at: its number. years: those that are asked for and in it."""

    at: int
    name: str
    years: tuple[str, ...]
    of_days: bool

    def condition(self, *years: str) -> str:
        """What a row of one of these years has to be, as SQL."""
        column = f"substr({self.name}, 1, 4)" if self.of_days else self.name
        listed = [f"'{year}'" if self.of_days else year for year in years]
        return f"{column} = {listed[0]}" if len(listed) == 1 else f"{column} IN ({', '.join(listed)})"


def periods(asked: Sequence[str], frame: Frame) -> Periods | None:
    """The column of years or days, None where there is none. asked: the years that the question names."""
    for at, column in enumerate(frame.columns):
        if column.at < 0 or column.kind not in ("number", "date"):
            continue
        values = [row[at] for row in frame.rows if row[at] is not None]
        of_days = column.kind == "date"
        if not values or not (of_days or all(isinstance(one, int) and 1900 <= one <= 2100 for one in values)):
            continue
        if column.name == ROW_NUMBER:
            continue
        there = {str(value)[:4] for value in values}
        name = '"' + column.name.replace('"', '""') + '"'
        return Periods(at, name, tuple(year for year in asked if year in there), of_days)
    return None
