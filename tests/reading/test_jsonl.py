"""JSON lines: one document a line, or the whole file refused with the number of the line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from index.datatypes import Metadata
from index.errors import ReadError
from index.reading import read
from index.reading.plain import jsonl


def _write(path: Path, *records: object) -> Path:
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_documents(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "批量.jsonl",
        {"id": "a", "title": "题", "text": "一行\n\n　　二行", "year": "2023", "unit": "青禾农场"},
        "",
        {"id": 7, "paragraphs": ["甲", "乙"], "kind": "工作总结", "year": 2022, "other": {}},
        {"text": "只有正文", "year": None},
    )
    first, second, third = read(path)
    assert [block.text for block in first.blocks] == ["一行", "　　二行"]
    assert first.metadata == Metadata(title="题", unit="青禾农场", year=2023)
    assert first.external_id == "a"
    assert [block.text for block in second.blocks] == ["甲", "乙"]
    assert second.metadata == Metadata(year=2022, kind="工作总结")
    assert second.external_id == "7"
    assert third.external_id == "4", "a line without an id is named by its number"
    assert {d.format for d in (first, second, third)} == {"jsonl"}


def test_compressed_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "批量.jsonl.gz"
    path.write_bytes(gzip.compress("\ufeff".encode() + '{"text": "话"}'.encode()))
    assert [d.blocks[0].text for d in read(path)] == ["话"]
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(ReadError, match="压缩文件已损坏"):
        list(read(path))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "不是完整的 JSON"),
        ("[]", "不是 JSON 对象"),
        ("[" * 100_000, "不是完整的 JSON"),
        ('{"year": ' + "9" * 5000 + "}", "不是完整的 JSON"),
        ({"title": "没有正文"}, "没有正文"),
        ({"text": " \n"}, "没有正文"),
        ({"text": 5}, "text 应为文字"),
        ({"paragraphs": ["甲", 5]}, "paragraphs 应为文字的列表"),
        ({"text": "话", "year": "去年"}, "year 应为四位整数"),
        ({"text": "话", "year": 23}, "year 应为四位整数"),
        ({"text": "话", "year": True}, "year 应为四位整数"),
        ('{"text": "话", "year": Infinity}', "year 应为四位整数"),
        ({"text": "话", "title": 5}, "title 应为文字"),
        ({"text": "话", "id": {}}, "id 应为文字或整数"),
        ({"text": "话", "id": "a"}, "与第 1 行相同"),
    ],
)
def test_a_bad_line_refuses_the_file_before_the_first_document(
    tmp_path: Path, line: object, what: str
) -> None:
    path = _write(tmp_path / "坏.jsonl", {"id": "a", "text": "好"}, "", line)
    documents = read(path)
    with pytest.raises(ReadError) as caught:
        next(documents)
    assert "第 3 行" in caught.value.reason
    assert what in caught.value.reason


def test_a_line_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "坏.jsonl"
    path.write_bytes('{"text": "总结"}'.encode("gb18030"))
    with pytest.raises(ReadError, match="第 1 行不是 UTF-8 编码"):
        list(read(path))


def test_a_line_without_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "GREATEST_LINE", 1000)
    path = tmp_path / "长.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "' + b"a" * 100_000))
    with pytest.raises(ReadError, match="第 1 行超过"):
        list(read(path))
