"""Pages are drawn by a child that holds the file and nothing else, and what it sends is not believed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from assistant.errors import DocumentUnreadable
from assistant.ingestion import caps, open_pages
from assistant.ingestion.locating import locate_words
from assistant.ingestion.pages import _page, _sizes
from assistant.ingestion.untrusted import Nonsense
from assistant.workers import Reply
from tests.assistant.ingestion import making


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_page_comes_as_points_with_its_words_where_they_stand(tmp_path: Path) -> None:
    path = making.pdf(tmp_path / "a.pdf", [["First line"], ["Second page here", "and below"]])
    file = open_pages(path, sha256(path))
    assert file is not None
    try:
        assert file.sizes == ((600.0, 800.0), (600.0, 800.0))
        page = file.page(2, 300)
        assert (page.number, page.width, page.height) == (2, 300, 400)
        assert [word.text for word in page.words] == ["Second", "page", "here", "and", "below"]
        # 60 of 600 points from the left, its baseline 760 of 800 from the bottom; 14 points lower the next line.
        first, below = page.words[0].box, page.words[3].box
        assert abs(first.left - 0.1) < 0.005 and first.top < 0.05 < first.bottom
        assert abs(below.bottom - first.bottom - 14 / 800) < 0.002
        ink = [at for at in range(0, len(page.data), 4) if page.data[at] < 128]
        rows = [at // 4 // page.width for at in ink]
        assert rows and first.top * 400 - 1 <= min(rows) and max(rows) <= below.bottom * 400 + 1
        # A child that ended is started anew, with the same file.
        file._child.kill()
        assert file.page(1, 100).words[0].text == "First"
        with pytest.raises(DocumentUnreadable, match="could not be drawn"):
            file.page(3, 100)
        assert file.page(1, 50).width == 50
    finally:
        file.close()


def test_words_of_a_page_set_with_tex_are_whole_and_found(tmp_path: Path) -> None:
    content = rb"BT /F1 12 Tf 72 700 Td (The e\033ect of the \034rst coe\036cient) Tj ET"
    path = making.pdf_of(tmp_path / "t1.pdf", [content])
    file = open_pages(path, sha256(path))
    assert file is not None
    try:
        words = [word.text for word in file.page(1, 100).words]
    finally:
        file.close()
    assert words == ["The", "eﬀect", "of", "the", "ﬁrst", "coeﬃcient"]
    assert locate_words("the first coefficient", words) == (range(3, 6),)


def test_a_picture_is_shown_as_it_is_held_and_on_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    image = Image.new("RGBA", (400, 200), (0, 0, 0, 0))  # one sees through it
    image.paste((255, 0, 0, 255), (0, 0, 200, 200))  # but for its left half, which is red
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: to be turned by a quarter
    image.save(path, exif=exif)
    file = open_pages(path, sha256(path))
    assert file is not None
    try:
        assert file.sizes == ((150.0, 300.0),)
        page = file.page(1, 75)
        assert (page.width, page.height, page.words) == (75, 150, ())
        above, below = 4 * (30 * 75 + 37), 4 * (120 * 75 + 37)
        assert page.data[above : above + 3] == b"\0\0\xff" and page.data[below : below + 3] == b"\xff\xff\xff"
        with pytest.raises(DocumentUnreadable, match="could not be drawn"):
            file.page(2, 75)
    finally:
        file.close()


def test_each_page_of_a_fax_is_shown_and_a_torn_picture_refused(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [Image.new("1", (100 * number, 100), number % 2) for number in (1, 2, 3)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    file = open_pages(path, sha256(path))
    assert file is not None
    try:
        assert [size[0] for size in file.sizes] == [75.0, 150.0, 225.0]
        assert file.page(2, 150).data[:3] == b"\0\0\0" and file.page(3, 150).data[:3] == b"\xff\xff\xff"
    finally:
        file.close()
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 60)
    with pytest.raises(DocumentUnreadable):
        open_pages(torn, sha256(torn))


def test_a_turned_page_is_shown_and_marked_turned(shared_data: Path) -> None:
    path = shared_data / "pdfs" / "rotated.pdf"
    file = open_pages(path, sha256(path))
    assert file is not None
    try:
        page = file.page(1, 400)
        assert (page.width > page.height) == (file.sizes[0][0] > file.sizes[0][1])
        for word in page.words:
            across, down = (word.box.right + word.box.left) / 2, (word.box.top + word.box.bottom) / 2
            x, y = int(across * page.width), int(down * page.height)
            near = [
                page.data[4 * ((y + dy) * page.width + x + dx)]
                for dy in range(-6, 7)
                for dx in range(-12, 13)
                if 0 <= y + dy < page.height and 0 <= x + dx < page.width
            ]
            assert min(near) < 200, word
    finally:
        file.close()


def test_another_file_than_was_read_is_not_opened(tmp_path: Path) -> None:
    path = making.pdf(tmp_path / "a.pdf", [["One"]])
    before = sha256(path)
    making.pdf(path, [["Two"]])
    assert open_pages(path, before) is None
    text = tmp_path / "a.txt"
    text.write_text("words")
    assert open_pages(text, sha256(text)) is None
    with pytest.raises(DocumentUnreadable):
        open_pages(tmp_path / "gone.pdf", before)


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing of the kind")
    with pytest.raises(DocumentUnreadable):
        open_pages(path, sha256(path))


GOOD: dict[str, object] = {"width": 2, "height": 1, "words": [["a", 0, 0, 5000, 10000]]}


@pytest.mark.parametrize(
    "changed",
    [
        {"width": 3},
        {"width": 0},
        {"width": True},
        {"height": -1},
        {"width": 1 << 20, "height": 1 << 20},
        {"words": None},
        {"words": [["a", 0, 0, 5000]]},
        {"words": [["a", 9, 0, 5, 10]]},
        {"words": [["a", 0, 0, 5, caps.BOX_SCALE + 1]]},
        {"words": [["a", -1, 0, 5, 10]]},
        {"words": [[1, 0, 0, 5, 10]]},
        {"words": [["a" * 201, 0, 0, 5, 10]]},
    ],
)
def test_what_no_honest_child_sends_is_refused(changed: dict[str, object]) -> None:
    assert _page(1, Reply(GOOD, bytes(8))).words[0].text == "a"
    with pytest.raises(Nonsense):
        _page(1, Reply(GOOD | changed, bytes(8)))


@pytest.mark.parametrize("sizes", [None, [], [[1]], [[0, 5]], [[5, float("nan")]], [["5", 5]], [[5, 1e9]]])
def test_sizes_are_held_against_reason(sizes: object) -> None:
    with pytest.raises(Nonsense):
        _sizes({"sizes": sizes})
