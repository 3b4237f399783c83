"""Loading a file's bytes within limits, and its text with a note of what could not be decoded."""

from __future__ import annotations

from pathlib import Path

from index.errors import ReadError
from index.reading.encoding import NotText, decode

GREATEST_FILE = 256 << 20
"""Bytes. A text of this size holds 80 million characters; what is larger is no document."""


def load(path: Path, limit: int = GREATEST_FILE) -> bytes:
    """The file's bytes; ReadError where there are more than `limit` or none."""
    size = path.stat().st_size
    if size > limit:
        raise ReadError(
            path,
            f"文件有 {size / (1 << 20):.0f} MB，超过了 {limit >> 20} MB 的上限，"
            "请拆成几个文件后再添加。",
        )
    return path.read_bytes()


def text_of(path: Path, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of the bytes and notes for the user; ReadError where they are no text or empty."""
    try:
        text, encoding, errors = decode(data)
    except NotText as error:
        raise ReadError(
            path, "看不出文字编码，可能不是文字文件；请用记事本另存为 UTF-8 编码的 .txt 后再添加。"
        ) from error
    if not text.strip():
        raise ReadError(path, "文件里没有文字。")
    notes = []
    if " as " in encoding:
        notes.append("文字曾被错误转码成乱码，已还原。")
    if errors:
        notes.append(f"有 {errors} 处字节无法识别，原处显示为“\ufffd”。")
    return text, tuple(notes)
