"""A scan all the way: from `xunzhang add` with recognition to the line that cites its text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from index import Library, cli
from index.datatypes import Block, Document
from index.embedding.testing import CountingEncoder
from index.reading.unreadable import SCANS_LEFT
from index.ui import wording

FIRST = "青禾农场工作总结。全年集中读书十二次，每次都有人讲、有人记、有人问，讲的人提前准备。"
SECOND = "田间管理、仓储运输、设备检修都有新的起色，年底盘点时账物相符，职工家属也都放心。"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `xunzhang --library L … --json`; gives (exit code, what it printed)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XUNZHANG_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr(
        "index.library.encoder_in_use.open_encoder", lambda **_: CountingEncoder(name="counting")
    )
    monkeypatch.setattr("index.library.encoder_in_use.encoder_name", lambda _: "counting")

    def call(*arguments: str) -> tuple[int, Any]:
        code = cli.cli.main(["--library", "L", *arguments, "--json"], prog_name="xunzhang")
        return code, json.loads(capsys.readouterr()[0])

    return call


def test_recognised_text_is_marked_up_to_the_line_that_cites_it(
    run: Any,
    printed: Callable[[str], Image.Image],
    scanned: Callable[[Sequence[Image.Image]], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    path = scanned([printed(FIRST), printed(SECOND)])
    code, result = run("add", str(path))
    assert (code, len(result["failed"])) == (1, 1)
    assert "recognise = true" in result["failed"][0]["reason"]

    monkeypatch.setenv("XUNZHANG_RECOGNISE", "true")
    code, result = run("add", str(path))
    assert (code, result["failed"]) == (0, [])
    assert result["partly_read"][0]["reason"] == "第1–2页是扫描图，文字由识别得到，可能有错字。"
    _, answer = run("search", "仓储运输", "--mode", "keyword")
    source = answer["hits"][0]["source"]
    assert (source["recognised"], source["page"]) == (True, 2)
    with Library.open(Path("L"), encoder=CountingEncoder(name="counting")) as library:
        (document,) = library.documents()
        paragraphs = library.paragraphs(document.id)
    assert all(paragraph.source.recognised for paragraph in paragraphs)
    assert wording.source_line(paragraphs[-1].source).endswith("（第2页，文字由识别得到）")


def test_pages_that_were_left_out_are_read_once_recognition_is_on(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note of an earlier reading is enough to read the file again, and only this one."""
    monkeypatch.setattr("index.preparing.preparer.harmless", lambda _: True)  # read it here
    note = f"第2页{SCANS_LEFT}"

    looked_at: list[str] = []

    def read(path: Path, *_: object) -> list[Document]:
        looked_at.append(path.stem)
        blocks = (Block(f"{path.stem}的工作总结"), Block(FIRST))
        return [Document(str(path), "txt", blocks, notes=(note,) if path.stem == "甲" else ())]

    monkeypatch.setattr("index.preparing.one_file.read", read)
    paths = [tmp_path / "甲.txt", tmp_path / "乙.txt"]
    for path in paths:
        path.write_text(path.stem, encoding="utf-8")
    run("add", *map(str, paths))
    assert sorted(looked_at) == ["乙", "甲"]
    run("add", *map(str, paths))
    assert sorted(looked_at) == ["乙", "甲"]
    monkeypatch.setenv("XUNZHANG_RECOGNISE", "true")
    run("add", *map(str, paths))
    assert looked_at[2:] == ["甲"]
