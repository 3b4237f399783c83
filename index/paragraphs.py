"""A document as read -> its paragraphs, numbered, placed in the outline and cut into passages."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.cleaning import clean
from index.datatypes import (
    Block,
    Document,
    Metadata,
    Origin,
    Paragraph,
    Passage,
    PreparedDocument,
    Span,
    Where,
)
from index.metadata import FIELDS, Guess, guess, leading, title_of
from index.outline import Line, classify, outline
from index.text import sentences

PREPARATION_VERSION = 5
"""Raise it when cleaning, outline or cutting change, so that libraries read their files again."""

PASSAGE_CHARACTERS = 300
"""Longest passage, in characters after NFKC. Measured with multilingual-e5-small's tokenizer: no
text gives more tokens than such characters, plus 5 for the prefix and the marks at both ends, so a
passage is at most 305 of 512 tokens; this genre gives 0.67 tokens a character."""

_ENOUGH = 150
"""Characters from which a passage is long enough to stand alone."""


def prepare(
    document: Document,
    *,
    given: Metadata = Metadata(),  # noqa: B008 (frozen)
    options: Metadata = Metadata(),  # noqa: B008 (frozen)
    mended: Metadata = Metadata(),  # noqa: B008 (frozen)
    passage_characters: int = PASSAGE_CHARACTERS,
) -> PreparedDocument:
    """Clean, join, place, number and cut one document; settle its metadata.

    Metadata, first known wins: `mended` (by a person), `given` (a row of metadata.csv, options),
    what the format states, the title and the first lines, the name of the file and its folders;
    `origins` says which. Of `given`, what `options` says as well was given on the command line.
    The name of an archive's member counts, not the archive's.
    A document of headings alone has them as body text under its title.
    Deterministic: the same document gives the same result.
    """
    cleaned = clean(document.blocks)
    pieces = _pieces(cleaned.blocks)
    texts = [piece.text for piece in pieces]
    marked = next((piece.text for piece in pieces[:3] if piece.title), "")
    removed = [removal.text for removal in cleaned.removals]
    guessed = guess(texts, _named_path(document), marked_title=marked, removed=removed)
    stated = document.metadata
    if stated.unit and document.format != "jsonl":  # a line's key is what a person says
        stated = replace(stated, unit=leading(stated.unit))
    metadata = mended.or_else(given).or_else(stated).or_else(guessed.metadata)
    titles = _title_lines(texts, marked, metadata.title)
    places = outline(
        [
            Line(piece.text, piece.level, title=i in titles or piece.title, row=piece.row)
            for i, piece in enumerate(pieces)
        ]
    )
    if all(place.level for place in places):
        # search answers with body text only: without any, the headings themselves must be found
        places = [replace(place, level=0, path=()) for place in places]
    paragraphs = []
    start = 0
    for number, (piece, place) in enumerate(zip(pieces, places, strict=True), 1):
        end = start + len(piece.text)
        paragraphs.append(
            Paragraph(
                number=number,
                text=piece.text,
                heading_path=place.path or (metadata.title,),
                start=start,
                end=end,
                level=place.level,
                page=piece.page,
                place=piece.place,
                recognised=piece.recognised,
                passages=tuple(
                    Passage(first, last)
                    for first, last in cut(piece.text, passage_characters=passage_characters)
                ),
            )
        )
        start = end + 1
    origins = _origins(
        guessed,
        (stated, "stated"),
        (given, "metadata.csv"),
        (_common(given, options), "options"),
        (mended, "mended"),
    )
    return PreparedDocument(
        path=document.path,
        format=document.format,
        metadata=metadata,
        external_id=external_id(document),
        paragraphs=tuple(paragraphs),
        removals=cleaned.removals,
        content_hash=_content_hash(paragraphs, metadata, origins),
        origins=origins,
    )


def _named_path(document: Document) -> str:
    """The path whose names speak of the document: into the archive where it lies in one."""
    return f"{document.path}/{document.member}" if document.member else document.path


def external_id(document: Document) -> str | None:
    """What tells the documents of one file apart: the member's path, a line's id, or both."""
    return "/".join(part for part in (document.member, document.external_id) if part) or None


def _common(given: Metadata, options: Metadata) -> Metadata:
    """The fields of which both say the same."""
    same = {name: getattr(given, name) == getattr(options, name) for name in FIELDS}
    return Metadata(**{name: getattr(given, name) for name in FIELDS if same[name]})


_SURE_GIVEN = 1.0
_SURE_STATED = 0.9
"""A docx title property may be a template's; the head table of a page is right."""


def _origins(guessed: Guess, *told: tuple[Metadata, Where]) -> tuple[Origin, ...]:
    """Where each known field came from, in the order title, unit, year, kind, period.

    Of `told` the later wins.
    """
    found = {origin.field: origin for origin in guessed.origins}
    for metadata, where in told:
        for field in FIELDS:
            if getattr(metadata, field) not in (None, ""):
                sure = _SURE_STATED if where == "stated" else _SURE_GIVEN
                found[field] = Origin(field, where, sure)
    return tuple(found[field] for field in FIELDS if field in found)


def _content_hash(
    paragraphs: Sequence[Paragraph], metadata: Metadata, origins: Sequence[Origin]
) -> str:
    """SHA-256 over everything the catalogue would store."""
    content = [
        [metadata.title, metadata.unit, metadata.year, metadata.kind, metadata.period],
        [(origin.field, origin.where, origin.sure) for origin in origins],
        *(
            [p.text, p.heading_path, p.level, p.page, p.place, p.recognised]
            + [(q.start, q.end) for q in p.passages]
            for p in paragraphs
        ),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8")).hexdigest()


# --- blocks -> the paragraphs' texts ---------------------------------------------------------


@dataclass(slots=True)
class _Piece:
    text: str
    level: int | None
    page: int | None
    title: bool
    row: bool = False
    place: str = ""
    recognised: bool = False
    torn: bool = False
    """A fragment was joined to it: what follows belongs to the same sentence."""


_STARTS_CLOSED = "，。、；：！？）”》】’」』,;"
_LEADS_ON = re.compile("是[：:]")
_BREAKS_OFF = re.compile(r"[，、和与及或的（“《在对把将被为以从向由使让并而且]$")
_ENDS = "。！？；…!?;：:"
_LONGEST_FRAGMENT = 8
"""Characters of a line that a page's bold or subscript tore out of its sentence (PM / 2.5 / 值)."""


def _pieces(blocks: Sequence[Block]) -> list[_Piece]:
    pieces: list[_Piece] = []
    for block in blocks:
        text = _labelled(block)
        if not text:
            continue
        piece = _Piece(
            text,
            block.level,
            block.page,
            block.kind == "title",
            block.kind == "row" or "｜" in text,
            block.place,
            block.recognised,
        )
        if pieces and _is_continuation(pieces[-1], piece):
            pieces[-1].text = _join(pieces[-1].text, text)
            pieces[-1].recognised = pieces[-1].recognised or piece.recognised
            pieces[-1].torn = len(text) <= _LONGEST_FRAGMENT and text[-1] not in _ENDS
        else:
            pieces.append(piece)
    return [part for piece in pieces for part in _split_run_together(piece, len(pieces))]


def _labelled(block: Block) -> str:
    """The text as its reader sees it: with the automatic number in front."""
    if not block.label:
        return block.text
    # ① stands close to its text, as it is typed; 1.2, 第一章 or a bare 1 would run into the words
    spaced = block.label[-1].isalpha() or block.label[-1].isdecimal() or block.label[0] == "第"
    text = block.text.lstrip(" \t\u3000")
    return f"{block.label}{' ' if spaced and text else ''}{text}"


def _is_continuation(before: _Piece, piece: _Piece) -> bool:
    """Whether a line break stands in mid-sentence."""
    if before.level is not None or piece.level is not None or before.title or piece.title:
        return False
    if before.row or piece.row:
        return False
    if piece.text[0] in _STARTS_CLOSED:
        return True
    last = before.text[-1]
    if last in _ENDS or classify(piece.text) is not None:
        return False
    if (last in "的和与及" and len(before.text) >= 8) or _LEADS_ON.match(piece.text):
        return True
    if len(before.text) < 25 or not re.search("[，。；]", before.text[:-1]):
        return False
    if before.torn or _BREAKS_OFF.search(before.text):
        return True
    if piece.text[0] in "的等之":
        return True
    # a signature or a date is short, too, but the text before it ends with a full stop
    short = len(piece.text) <= _LONGEST_FRAGMENT
    return short and ("。" in before.text or piece.text[0].isdecimal())


def _join(left: str, right: str) -> str:
    spaced = left[-1].isascii() and left[-1].isalnum() and right[0].isascii() and right[0].isalpha()
    return f"{left} {right}" if spaced else left + right


_RUN_TOGETHER = 600
"""Characters of a line that may hold a whole document but for its title."""
_ONE_LINE = 200
"""The same where there is no other line."""
_LONGEST_TITLE = 40
_INNER_MARK = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|(?<![\d.])\d{1,2}[.．、](?!\d)"
)
_ENDS_BEFORE = "。；;！？”）)：:“←<"
"""What may stand in front of a number that begins a paragraph; the last three as OCR has them."""
_SHORT_HEAD = re.compile(r"[^。；，：！？]{2,30}")
_TITLE_ON_LINE = re.compile(
    r"(?P<title>\S{4,40}?(?:总结|报告|计划|要点|方案|通知|意见|讲话|汇报|材料|体会))\s(?=\S{8})"
)


def _split_run_together(piece: _Piece, lines: int) -> list[_Piece]:
    """Paragraphs that lost their line breaks, cut before their numbers.

    一、 and （一） are cut anywhere after a sentence, 1. only in what may be a whole document.
    A number counts where it runs on: 一、 with a 二、 to follow, 二、 after 一、.
    """
    text = piece.text
    if piece.row or piece.title or len(text) < 60:
        return [piece]
    whole = len(text) >= (_ONE_LINE if lines == 1 else _RUN_TOGETHER) and lines <= 5
    found: list[tuple[int, str, int]] = []  # where it stands, its kind, its value
    for match in _INNER_MARK.finditer(text):
        start = match.start()
        mark = classify(text[start : start + 12])
        if mark is None or (mark.kind == "arabic" and not whole):
            continue
        before = text[:start].rstrip()
        behind_head = found and _SHORT_HEAD.fullmatch(text, found[-1][0], start)
        if before and before[-1] not in _ENDS_BEFORE and before == text[:start] and not behind_head:
            continue
        if mark.kind == "han_bracket" and before[-1:] in ("：", ":", "；", ";") and not whole:
            continue  # 包括：（一）…；（二）… is one sentence
        found.append((start, mark.kind, mark.value))
    cuts = _running(found)
    if whole and (title := _TITLE_ON_LINE.match(text)):
        cuts.add(title.end())
    cuts -= {0}
    if not cuts:
        return [piece]
    edges = [0, *sorted(cuts), len(text)]
    parts = [text[start:end].strip() for start, end in pairwise(edges)]
    return [
        _Piece(
            part,
            piece.level,
            piece.page,
            False,
            place=piece.place,
            recognised=piece.recognised,
        )
        for part in parts
        if part
    ]


def _running(found: Sequence[tuple[int, str, int]]) -> set[int]:
    """Positions of the numbers that run on from one another."""
    cuts: set[int] = set()
    last: dict[str, int] = {}
    for i, (position, kind, value) in enumerate(found):
        if value == 1 and any(k == kind and v == 2 for _, k, v in found[i + 1 :]):
            last[kind] = 1
        elif position == 0 or value == last.get(kind, -1) + 1:
            last[kind] = value
        else:
            continue
        cuts.add(position)
    return cuts


def _title_lines(texts: Sequence[str], marked: str, title: str) -> frozenset[int]:
    """Positions of the lines that are the title, at the top and once more under the page's head."""
    found, positions = title_of(texts, marked)
    lines = set(positions)
    same = {_squeeze(title), _squeeze(found)} - {""}
    for i, text in enumerate(texts[:8]):
        if _squeeze(text) in same:
            lines.add(i)
    return frozenset(lines)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- passages --------------------------------------------------------------------------------

_ITEM_START = re.compile(
    r"(?:(?<=[。；;：:！？])|(?<=^))\s*(?=[一二三四五六七八九十]{1,2}(?:是|要|则)(?![、，。])|第[一二三四五六七八九十]{1,2}[，,、]"
    r"|[（(]\d{1,2}[）)]|[①-⑳]|首先[，,]|其次[，,]|再次[，,]|最后[，,]|\d{1,2}[.、．](?!\d))"
)


def cut(text: str, *, passage_characters: int = PASSAGE_CHARACTERS) -> list[Span]:
    """Passages of one paragraph: they cover all of it in order, none longer than allowed.

    A short paragraph is one passage. A longer one is cut at its items (一是… 二是… （1）…), an item
    at its sentences; short neighbours are put together.

    >>> cut("一是学。二是做。")
    [(0, 8)]
    >>> cut("甲" * 10 + "。" + "乙" * 10 + "。", passage_characters=12)
    [(0, 11), (11, 22)]
    """
    if passage_characters < 8:
        raise ValueError(f"passage_characters must be 8 or more, got {passage_characters}")
    if not text:
        return []
    if _size(text) <= passage_characters:
        return [(0, len(text))]
    starts = sorted({0, *(m.end() for m in _ITEM_START.finditer(text))} - {len(text)})
    items = list(zip(starts, [*starts[1:], len(text)], strict=True))
    enough = min(_ENOUGH, passage_characters // 2)
    spans: list[Span] = []
    for item in items:
        parts = _within(text, item, passage_characters, enough)
        # a lead-in (主要做了以下工作：) and short items go together
        if spans and _joinable(text, spans[-1], parts[0], passage_characters, enough):
            spans[-1] = (spans[-1][0], parts[0][1])
            parts = parts[1:]
        spans.extend(parts)
    return spans


_PLAIN = re.compile("[\x00-\x7f\u2010-\u2016\u2018-\u2024\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]*")
"""Characters that NFKC never makes longer: nearly every text is made of these."""


def _size(text: str) -> int:
    """Characters as the tokenizer sees them: NFKC makes some longer (㎡, ﷽)."""
    if _PLAIN.fullmatch(text):
        return len(text)
    return max(len(text), len(unicodedata.normalize("NFKC", text)))


def _joinable(text: str, before: Span, after: Span, limit: int, enough: int) -> bool:
    short = before[1] - before[0] < enough and after[1] - after[0] < enough
    lead = before[1] - before[0] < enough // 3 or after[1] - after[0] < enough // 5
    return (short or lead) and _size(text[before[0] : after[1]]) <= limit


def _within(text: str, item: Span, limit: int, enough: int) -> list[Span]:
    """One item as passages of whole sentences, of about equal length."""
    start, end = item
    if _size(text[start:end]) <= limit:
        return [item]
    atoms = [
        atom
        for first, last in sentences(text[start:end])
        for atom in _forced(text, start + first, start + last, limit)
    ]
    # as few passages as possible, and those about equally long
    count = -(-(end - start) // limit)
    goal = max(enough, (end - start) / count)
    groups: list[list[Span]] = []
    for first, last in atoms:
        if groups:
            begin = groups[-1][0][0]
            size = first - begin
            closer = abs(last - begin - goal) <= abs(size - goal)
            if _size(text[begin:last]) <= limit and (size < enough or closer):
                groups[-1].append((first, last))
                continue
        groups.append([(first, last)])
    _lengthen_last(text, groups, limit, enough)
    return [(group[0][0], group[-1][1]) for group in groups]


def _lengthen_last(text: str, groups: list[list[Span]], limit: int, enough: int) -> None:
    """Give a short last passage sentences of the one before, as long as that stays longer."""
    while len(groups) > 1:
        before, last = groups[-2], groups[-1]
        size = last[-1][1] - last[0][0]
        if size >= enough // 2:
            return
        if _size(text[before[0][0] : last[-1][1]]) <= limit:
            groups[-2:] = [before + last]
            return
        moved = before[-1]
        if len(before) < 2 or _size(text[moved[0] : last[-1][1]]) > limit:
            return
        before.pop()
        last.insert(0, moved)


_SOFT = re.compile(r"[，、：,:）)”》\s]")


def _forced(text: str, start: int, end: int, limit: int) -> list[Span]:
    """A sentence longer than a passage: cut at commas, else anywhere."""
    spans: list[Span] = []
    while _size(text[start:end]) > limit:
        last = start + 1
        size = _size(text[start])
        soft = 0
        while last < end:
            size += _size(text[last])
            if size > limit:
                break
            last += 1
            if _SOFT.match(text[last - 1]) and last - start >= limit // 2:
                soft = last
        stop = soft or last
        spans.append((start, stop))
        start = stop
    spans.append((start, end))
    return spans
