"""Mails (.eml): the text as one document, each attachment as one more.

Chinese offices' programs leave names and subjects as raw GBK bytes as often as they encode them
(RFC 2047, RFC 2231); both are read. Parsed leniently: a mail is never refused for its form.
"""

from __future__ import annotations

import binascii
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, parsedate
from pathlib import Path

from index.datatypes import Block, Document, Metadata
from index.errors import ReadError
from index.reading.containers.members import Inside, Member, read_members
from index.reading.content import load
from index.reading.encoding import NotText, decode
from index.reading.lines import split_lines
from index.reading.wrapped import unwrap

GREATEST_MAIL = 64 << 20
"""Bytes; the parser needs about six times as much memory."""
_GREATEST_PARTS = 2_000
_DEEPEST = 40
"""Parts within parts; mails reach four."""
_ANSWER = re.compile(r"^((re|fw|fwd|答复|回复|转发|回覆|轉寄)\s*[:：]\s*)+", re.I)
_YEARS = range(1990, 2101)
_DAMAGED = "邮件已损坏，无法读取；请在邮箱里重新导出，或只添加它的附件。"
_WINMAIL = (
    "这是 Outlook 专用格式的附件（winmail.dat）；请在 Outlook 里打开邮件，把附件另存后再添加。"
)


def read(path: Path, inside: Inside) -> Iterator[Document]:
    """The mail's own text, then its attachments. Raises ReadError."""
    try:
        mail = BytesParser().parsebytes(load(path, GREATEST_MAIL))
        parts = list(_parts(mail))
    except (RecursionError, ValueError) as error:  # ValueError: a NUL in the name of an encoding
        raise ReadError(path, _DAMAGED) from error
    if len(parts) > _GREATEST_PARTS:
        raise ReadError(path, _DAMAGED)
    bodies = [part for part in parts if _is_body(part)]
    own = _own(path, mail, bodies, inside)
    attached = [part for part in parts if part not in bodies]
    if own is None and not attached:
        raise ReadError(path, "邮件里没有文字，也没有附件。")
    yield from read_members(path, map(_member, attached), inside, own, "邮件附件")


def _parts(part: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that hold something, in order; a mail inside the mail is one of them."""
    content = part.get_payload()
    if isinstance(content, list) and part.get_content_maintype() != "message":
        if depth < _DEEPEST:
            for below in content:
                if isinstance(below, Message):
                    yield from _parts(below, depth + 1)
    else:
        yield part


def _is_body(part: Message) -> bool:
    return (
        part.get_content_type() in ("text/plain", "text/html")
        and not _name(part)
        and not str(part.get("Content-Disposition", "")).lower().startswith("attachment")
    )


def _own(path: Path, mail: Message, bodies: list[Message], inside: Inside) -> Document | None:
    """What the mail itself says: as plain text where it has that, else as a web page."""
    date = parsedate(str(mail.get("Date", "")))
    metadata = Metadata(
        title=_ANSWER.sub("", _header(mail.get("Subject"))).strip(),
        year=date[0] if date and date[0] in _YEARS else None,
    )
    plain = [_text(part) for part in bodies if part.get_content_type() == "text/plain"]
    blocks = tuple(
        Block(line) for text in plain for line in unwrap(split_lines(text)) if line.strip()
    )
    if blocks:
        return Document(path=str(path), format="eml", blocks=blocks, metadata=metadata)
    page = "\n".join(_text(part) for part in bodies if part.get_content_type() == "text/html")
    if not page.strip():
        return None
    with tempfile.TemporaryDirectory(prefix="xunzhang-") as folder:
        file = Path(folder, "mail.html")
        # with a mark: what the page says of its encoding held for the bytes before
        file.write_text(page, encoding="utf-8-sig", errors="replace")
        try:
            document = next(inside.read(file, inside.deeper()))
        except ReadError:  # a page of pictures: the attachments may still be read
            return None
    return replace(document, path=str(path), format="eml", metadata=metadata)


def _member(part: Message) -> Member:
    name = _name(part)
    if part.get_content_type() == "application/ms-tnef" or name.lower() == "winmail.dat":
        return Member(name or "winmail.dat", lambda: iter(()), refused=_WINMAIL)
    if not name:
        ending = {"message/rfc822": "eml", "text/plain": "txt", "text/html": "html"}
        name = f"附件.{ending.get(part.get_content_type(), part.get_content_subtype())}"
    return Member(name, lambda: iter((_content(part),)))


def _content(part: Message) -> bytes:
    content = part.get_payload()
    if isinstance(content, list):
        try:
            return b"\n".join(mail.as_bytes() for mail in content if isinstance(mail, Message))
        except (UnicodeError, LookupError, ValueError, TypeError, RecursionError) as error:
            raise ReadError("", _DAMAGED) from error
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    """Text of a part. The encoding it states is tried first and must fit without a mistake."""
    data = _content(part)
    charset = str(part.get_content_charset() or "").lower()
    if charset in ("gb2312", "gbk", "hz-gb-2312", "gb_2312-80"):
        charset = "gb18030"
    if charset and charset not in ("us-ascii", "iso-8859-1"):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            pass
    try:
        return decode(data)[0]
    except NotText:
        return ""


def _name(part: Message) -> str:
    """The name of an attachment, however it was encoded; "" where it has none."""
    for key, header in (("filename", "Content-Disposition"), ("name", "Content-Type")):
        try:
            value = part.get_param(key, None, header)
        except (UnicodeError, ValueError, TypeError, AttributeError):
            continue
        if isinstance(value, tuple):  # RFC 2231
            try:
                name = collapse_rfc2231_value(value)
            except (LookupError, UnicodeError, ValueError):
                name = str(value[2])
            return _bytes_read(name)
        if value:
            return _header(value)
    return ""


def _header(value: object) -> str:
    """Text of a header: encoded words, raw UTF-8 or raw GBK bytes.

    >>> _header("=?gb2312?B?19y94Q==?=")
    '总结'
    """
    if value is None:
        return ""
    if isinstance(value, Header):  # what the parser makes of raw bytes
        text = "".join(
            piece.decode("ascii", "surrogateescape") if isinstance(piece, bytes) else piece
            for piece, _ in decode_header(value)
        )
    else:
        text = str(value)
    raw = _bytes_read(re.sub(r"\r?\n[ \t]*", " ", text))
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        return raw
    text = ""
    for piece, charset in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        charset = "gb18030" if (charset or "").lower().startswith("gb") else charset or "utf-8"
        try:
            text += piece.decode(charset, errors="replace")
        except (LookupError, ValueError):
            text += piece.decode("utf-8", errors="replace")
    return text.strip()


def _bytes_read(text: str) -> str:
    """Text whose raw bytes the parser kept as surrogates (or as its unknown-8bit word)."""
    try:
        data = text.encode("ascii", errors="surrogateescape")
    except UnicodeEncodeError:
        try:
            data = text.encode("utf-8", errors="surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", errors="replace").decode("utf-8")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")
