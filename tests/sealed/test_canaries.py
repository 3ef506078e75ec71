"""After a day of words: none of them is in a file of Privet's, nor in the memory of what is left when it is locked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT
from tests.journeys.terminal import Terminal
from tests.sealed import canaries
from tests.sealed.canaries import CANARIES

pytestmark = pytest.mark.sealed


@pytest.mark.parametrize("word", CANARIES)
def test_the_search_finds_what_is_there_in_every_form(word: str, tmp_path: Path) -> None:
    import base64

    around = f"before {word} after"
    for content in (
        around.encode(),
        around.encode("utf-16"),
        base64.b64encode(around.encode()),
        base64.b64encode(b"x" + around.encode()),
        base64.b64encode(b"xy" + around.encode()),
        around.encode().hex().encode(),
    ):
        assert word in canaries.found_in(content)
        (tmp_path / "file").write_bytes(bytes(4096 - 9) + content)  # over the border of two parts
        assert canaries.found_in_file(tmp_path / "file", 4096) == [word]
    assert canaries.found_in(b"nothing") == []


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A temporary folder of its own for all processes of a test."""
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


def environment(temporary: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(temporary), "TEMP": str(temporary), "QT_QPA_PLATFORM": "offscreen", **more}


@pytest.fixture
def locked(tmp_path: Path, temporary: Path) -> Iterator[tuple[psutil.Process, str]]:
    """A window that was open, with canaries on the screen, and is locked now."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sealed.locking", str(tmp_path / "home")],
        cwd=PROJECT, env=environment(temporary), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == "open\n"
        said = child.stdout.readline().split(" ", 2)
        assert said[:2] == ["locked", str(child.pid)]  # the same process, and another program
        yield psutil.Process(child.pid), said[2].strip()
        child.kill()


def test_a_locked_window_holds_no_word_no_key_and_no_child(
    locked: tuple[psutil.Process, str], tmp_path: Path, temporary: Path
) -> None:
    process, title = locked
    assert title == "Privet" and process.children(recursive=True) == []
    assert list(canaries.found_below(tmp_path / "home", temporary)) == []
    if shutil.which("gcore") is None or os.geteuid() != 0:
        pytest.skip("only root, with gdb's gcore, can look into a process that is not dumpable")
    with tempfile.TemporaryDirectory() as folder:
        dumped = subprocess.run(
            ["gcore", "-a", "-o", f"{folder}/core", str(process.pid)], capture_output=True, check=False, timeout=240
        )
        (core,) = Path(folder).glob("core*")
        assert core.stat().st_size > 20 << 20, dumped.stderr
        assert canaries.found_in_file(core) == []


def test_after_a_day_in_the_terminal_no_file_holds_a_word(tmp_path: Path, temporary: Path) -> None:
    here = Terminal.at(tmp_path)
    here.passphrase.write_text(CANARIES[3] + "\n", encoding="utf-8")
    (here.home / "config").mkdir(parents=True)
    (here.home / "config" / "settings.toml").write_text("max_answer_tokens = 16\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"# {CANARIES[2]}\n\nThe word is {CANARIES[0]}.\n", encoding="utf-8")
    env = here.environment() | environment(temporary)

    def run(*arguments: str) -> None:
        done = subprocess.run(here.command(*arguments), env=env, capture_output=True, text=True, timeout=400)
        assert done.returncode in (0, 4), done.stderr

    run("add", str(page))
    run("ask", f"What is {CANARIES[0]}?")
    run("vault", "backup", str(tmp_path / "home" / "all.privet"))
    run("vault", "recovery")
    page.unlink()
    assert (tmp_path / "home" / "data" / "vault.db").exists() and list((tmp_path / "home" / "data").glob("backups/*"))
    assert list(canaries.found_below(tmp_path / "home", temporary)) == []


def test_another_process_of_the_same_person_cannot_look_into_privets_memory(tmp_path: Path) -> None:
    program = (
        "from assistant.privacy import memory_is_private, seal_process\n"
        "seal_process()\nimport sys\nprint(memory_is_private(), flush=True)\nsys.stdin.read()"
    )
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become somebody else, and root may look everywhere")
    somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    readable = subprocess.run([*somebody, sys.executable, "-c", "import assistant.privacy"], cwd=PROJECT, check=False)
    if readable.returncode != 0:
        pytest.skip("nobody else may read this project")
    look = "import sys; open(f'/proc/{sys.argv[1]}/mem', 'rb')"

    def looked(process: int) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*somebody, sys.executable, "-c", look, str(process)], capture_output=True, check=False)

    def started(code: str) -> subprocess.Popen[bytes]:
        command = [*somebody, sys.executable, "-c", code]
        return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    with started(program) as child:
        assert child.stdout is not None and child.stdout.readline() == b"True\n"
        assert b"Permission" in looked(child.pid).stderr
        child.kill()
    # And one that did not ask for it can be looked into, so the look above could have worked.
    with started("print(1, flush=True); input()") as child:
        assert child.stdout is not None and child.stdout.readline() == b"1\n"
        allowed = looked(child.pid).returncode == 0
        child.kill()
    if not allowed:
        pytest.skip("here nobody may look into any process")
