"""Files inside archives and messages are read by children of their own, and each is accounted for."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import DocumentUnreadable
from assistant.ingestion import chunk
from assistant.values import Unit
from tests.assistant.ingestion.making import docx, paragraph, pdf
from tests.assistant.ingestion.reading import read


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_archive_s_files_are_read_each_with_its_place(tmp_path: Path) -> None:
    report = pdf(tmp_path / "a.pdf", [["The rent is 500 euros."], ["Second page."]]).read_bytes()
    word = docx(tmp_path / "a.docx", paragraph("Word words.")).read_bytes()
    inner = packed(tmp_path / "inner.zip", {"deep.txt": b"Deep words."}).read_bytes()
    path = packed(
        tmp_path / "a.zip",
        {
            "x/a.pdf": report,
            "b.docx": word,
            "in.zip": inner,
            "p.exe": b"MZ",
            "bad.pdf": b"%PDF-1.4 x",
            ".hidden.txt": b"x",
        },
    )
    document = read(path)
    places = {block.text: (block.position.part, block.page) for block in document.blocks if not block.level}
    assert places == {
        "The rent is 500 euros.": ("x/a.pdf", 1),
        "Second page.": ("x/a.pdf", 2),
        "Word words.": ("b.docx", None),
        "Deep words.": ("in.zip/deep.txt", None),
    }
    assert {part.name: bool(part.refused) for part in document.parts} == {
        "x/a.pdf": False,
        "b.docx": False,
        "in.zip": False,
        "in.zip/deep.txt": False,
        "p.exe": True,
        "bad.pdf": True,
    }
    assert document.warnings[-1] == (
        "2 of the 6 files inside were not read: p.exe, bad.pdf. Privet can't read files of the kind of p.exe yet."
        " bad.pdf is damaged or incomplete."
    )
    passages = chunk(document.blocks, lambda texts: [len(text.split()) for text in texts])
    assert "x/a.pdf, page 1" in [passage.place for passage in passages]
    assert len({passage.position.part for passage in passages}) == 3


def test_archives_too_deep_in_one_another_are_told(tmp_path: Path) -> None:
    data = packed(tmp_path / "0.zip", {"a.txt": b"Found."}).read_bytes()
    for number in range(1, 6):
        data = packed(tmp_path / f"{number}.zip", {f"{number - 1}.zip": data, f"{number}.txt": b"Level."}).read_bytes()
    document = read(tmp_path / "5.zip")
    assert any(part.refused for part in document.parts if part.name.endswith("2.zip"))
    assert any(block.text == "Level." for block in document.blocks)


def test_an_archive_with_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="could be read"):
        read(packed(tmp_path / "a.zip", {"a.exe": b"MZ"}))


def message() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "Größe der Tür"
    mail["From"] = "Ann <ann@example.org>"
    mail["To"] = "bob@example.org"
    mail.set_content("The door is 2 m high.\n")
    mail.add_alternative("<p>The door is <b>2 m</b> high.</p>", subtype="html")
    mail.add_attachment(b"Plan words.", maintype="text", subtype="plain", filename="plan.txt")
    return mail


def test_a_message_and_what_is_attached(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(bytes(message()))
    document = read(tmp_path / "a.eml")
    assert [block.text for block in document.blocks] == [
        "Größe der Tür",
        "From: Ann <ann@example.org>\nTo: bob@example.org",
        "The door is 2 m high.",
        "plan.txt",
        "Plan words.",
    ]
    assert document.blocks[-1].position.part == "plan.txt"
    assert document.title == "Größe der Tür"


def test_a_mailbox_s_messages_are_numbered(tmp_path: Path) -> None:
    one = bytes(message()).replace(b"\n\nThe door", b"\n\n>From here, the door")
    (tmp_path / "a.mbox").write_bytes(
        b"From ann Mon Jan 1\n" + one + b"\n\nFrom bob Tue Jan 2\nSubject: Two\n\nSecond.\n"
    )
    document = read(tmp_path / "a.mbox")
    assert (document.unit, document.pages) == (Unit.MESSAGE, 2)
    assert {block.page for block in document.blocks if block.text in ("Two", "Second.")} == {2}
    passages = chunk(document.blocks, lambda texts: [len(text.split()) for text in texts])
    assert "message 2" in [passage.place for passage in passages]


def test_an_outlook_message(shared_data: Path) -> None:
    document = read(shared_data / "zoo" / "msg" / "testMSG_chinese.msg")
    assert document.language == "zh"
    assert any(block.text.startswith("From: ") for block in document.blocks)


def test_what_has_no_ending_is_told_by_what_it_holds(tmp_path: Path) -> None:
    pdf(tmp_path / "report", [["The rent is due."]])
    (tmp_path / "letter").write_text("It was paid in May.")
    (tmp_path / "program").write_bytes(bytes(range(200)))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("report", "letter", "program"):
            archive.write(tmp_path / name, f"papers/{name}")
    document = read(tmp_path / "a.zip")
    assert [(part.name, bool(part.refused)) for part in document.parts] == [
        ("papers/report", False),
        ("papers/letter", False),
        ("papers/program", True),
    ]
    assert read(tmp_path / "letter").blocks[0].text == "It was paid in May."


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/octet-stream", "-----BEGIN PGP MESSAGE-----\n\nhIwDxE023q1UqxYBA"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "MIAGCSqGSIb3DQEHA6CA"),
    ],
)
def test_a_message_that_is_encrypted_says_so(tmp_path: Path, kind: str, body: str) -> None:
    parts = ("application/pgp-encrypted", "Version: 1"), (kind, body)
    said = "".join(f"--x\nContent-Type: {each}\n\n{text}\n" for each, text in parts)
    path = tmp_path / "a.eml"
    path.write_text(f"Subject: Lease\nContent-Type: multipart/encrypted; boundary=x\n\n{said}--x--\n")
    document = read(path)
    assert [block.text for block in document.blocks] == ["Lease"]
    assert [part.refused for part in document.parts] == [
        "message is encrypted, and only the key of its receiver opens it."
    ]
