"""Folders give their readable files, each once; what is left out is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.ingestion import walk
from assistant.values import NotAdded


def found(*paths: Path) -> list[Path]:
    return [each for each in walk(paths) if isinstance(each, Path)]


def left_out(*paths: Path) -> list[NotAdded]:
    return [each for each in walk(paths) if isinstance(each, NotAdded)]


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_folder_gives_its_files_in_the_order_of_names(tmp_path: Path) -> None:
    files = [write(tmp_path / name) for name in ("a.txt", "b/c.pdf", "b/d/e.md", "f.HTML")]
    assert sorted(found(tmp_path)) == sorted(files)
    assert found(tmp_path) == found(tmp_path)


def test_hidden_and_temporary_files_are_left_alone(tmp_path: Path) -> None:
    for name in (".hidden.txt", "~$open.docx", ".git/notes.md", "half.pdf.part", "old.txt~"):
        write(tmp_path / name)
    assert list(walk([tmp_path])) == []


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.txt")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file.txt").symlink_to(outside)
    (folder / "dir").symlink_to(outside.parent)
    (folder / "loop").symlink_to(folder)
    assert list(walk([folder])) == []


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    target = write(tmp_path / "a.txt")
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    assert found(link) == [target]


def test_a_file_comes_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    assert found(file, tmp_path, file) == [file]


def test_kinds_that_cannot_be_read_are_told_in_one_line(tmp_path: Path) -> None:
    for name in ("a.exe", "b.exe", "c.iso", "ok.txt"):
        write(tmp_path / name)
    [line] = left_out(tmp_path)
    assert "3 files" in line.what
    assert ".exe" in line.what
    assert found(tmp_path) == [tmp_path / "ok.txt"]


def test_a_file_that_is_named_is_yielded_whatever_its_kind(tmp_path: Path) -> None:
    file = write(tmp_path / "a.exe")
    assert list(walk([file])) == [file]


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    missing, special = left_out(tmp_path / "missing.txt", pipe)
    assert "missing.txt" in missing.what
    assert "not an ordinary file" in special.what


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    write(tmp_path / "a.txt")
    try:
        assert [line.path for line in left_out(tmp_path)] == [folder]
        assert found(tmp_path) == [tmp_path / "a.txt"]
    finally:
        folder.chmod(0o700)
