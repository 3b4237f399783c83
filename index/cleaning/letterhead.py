"""What an official document's form adds around the author's text: typed contents, 抄送 and 印发.

The head (红头, 发文字号) stays: it tells the unit and the year, and a mark of secrecy in it must be
seen.
"""

from __future__ import annotations

import re

from index.cleaning.lines import Line, Log

_CONTENTS_HEAD = re.compile(r"目\s*[录次]")
_TITLE_AND_CONTENTS = re.compile(r"(?P<title>[^，。；]{4,40}?)\s*(?P<contents>目\s+[录次])")
_CONTENTS_LINE = re.compile(r"[^.．。…·]{1,60}(?:[.．·]{3,}|…+|(?:[.．·…] ){3,})[\s.．·…]*\d{1,4}")
_LEAST_CONTENTS = 2
_TAIL = 6
"""Lines from the end in which the record of printing may stand."""
_COPIES = re.compile(r"(?:抄\s*送|抄\s*报|主题词)\s*[:：].{2,120}")
_PRINTED = re.compile(
    r".{0,30}?\s*(?:(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九]{3})年.{1,3}月.{1,3}日\s*印发"
    r"|[（(]?共印\s*\d{1,5}\s*份[）)]?"
)


def drop_form(lines: list[Line], log: Log) -> list[Line]:
    return _drop_tail(_drop_contents(lines, log), log)


def _drop_contents(lines: list[Line], log: Log) -> list[Line]:
    """Typed contents: lines with dots up to a page number, at least two, and 目录 above them."""
    marked = {
        i
        for i, line in enumerate(lines)
        if line.text[-1:].isdecimal()
        and len(line.text) < 200
        and _CONTENTS_LINE.fullmatch(line.text)
    }
    if len(marked) < _LEAST_CONTENTS:
        return lines
    first = min(marked)
    above = lines[first - 1] if first else None
    if above is not None and _CONTENTS_HEAD.fullmatch(above.text):
        marked.add(first - 1)
    elif above is not None:
        lines = [*lines[: first - 1], without_contents_head(above, log), *lines[first:]]
    for i in sorted(marked):
        log.take("contents", lines[i].text, lines[i].origin)
    return [line for i, line in enumerate(lines) if i not in marked]


def without_contents_head(line: Line, log: Log) -> Line:
    """The title above contents without the 目 录 that stands on its line."""
    head = _TITLE_AND_CONTENTS.fullmatch(line.text)
    if head is None:
        return line
    log.take("contents", head["contents"], line.origin)
    return line.with_text(head["title"])


def _drop_tail(lines: list[Line], log: Log) -> list[Line]:
    """抄送：… and …2023年12月5日印发 at the end."""
    start = max(1, len(lines) - _TAIL)
    tail = lines[start:]
    drop = [_COPIES.fullmatch(x.text) or _PRINTED.fullmatch(x.text) for x in tail]
    for line, gone in zip(tail, drop, strict=True):
        if gone:
            log.take("printing", line.text, line.origin)
    return lines[:start] + [line for line, gone in zip(tail, drop, strict=True) if not gone]
