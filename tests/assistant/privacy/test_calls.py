"""The numbers of system calls are the kernel's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.privacy import calls

HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}
YOUNG = {"fchmodat2"}  # later than the headers of some systems


@pytest.mark.parametrize("column", [0, 1], ids=["x86_64", "aarch64"])
def test_every_number_is_that_of_the_kernel_s_headers(column: int) -> None:
    if not HEADERS[column].is_file():
        pytest.skip(f"{HEADERS[column]} is not installed (linux-libc-dev)")
    text = HEADERS[column].read_text(encoding="utf-8")
    listed = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)
    known = {name: int(number) for name, number in listed}
    wrong = {
        name: (numbers[column], known.get(name))
        for name, numbers in calls._NUMBERS.items()
        if numbers[column] != known.get(name) and not (name in YOUNG and name not in known)
    }
    assert wrong == {}
    assert len(known) > 250
