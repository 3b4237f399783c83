"""Marks that a paywall left in the text (##paidbegin##), also in mid-sentence."""

from __future__ import annotations

import re

from index.cleaning.lines import Line, Log
from index.outline import classify

_PAYWALL = re.compile(r"\s*#{2,}\s*paid\s*(?:begin|end)\s*#{2,}\s*", re.IGNORECASE)
_SENTENCE_ENDS = "。！？；…!?;"
_CLOSERS = "”’」』）)】》"
_GOES_ON_AFTER = "，、：,（(“《和与及或的在对把将被为以从向由使让用按等并而且是了着"


def drop_paywall_marks(lines: list[Line], log: Log) -> list[Line]:
    result: list[Line] = []
    for line in lines:
        open_before = bool(result) and result[-1].joins_next
        if "#" in line.text and _PAYWALL.search(line.text):
            for match in _PAYWALL.finditer(line.text):
                log.take("paywall", match.group().strip(), line.origin)
            opens = _PAYWALL.match(line.text) is not None
            closes = line.text.rstrip().endswith("#")
            text = _PAYWALL.sub("", line.text)
            if not text.strip():
                if result:
                    result[-1].joins_next = True
                continue
            line = line.with_text(text)
            line.joins_next = closes
            open_before = open_before or (opens and bool(result))
        if open_before and _goes_on(result[-1].text, line.text):
            joined = result[-1].with_text(result[-1].text.rstrip() + line.text.strip())
            joined.joins_next = line.joins_next
            result[-1] = joined
            continue
        if open_before:
            result[-1].joins_next = False
        result.append(line)
    return result


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence that a mark broke off in `before` goes on in `after`."""
    before, after = before.strip(), after.strip()
    if not before or not after or before.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS:
        return False
    if before[-1] in _GOES_ON_AFTER or after[0] in "，。、；：！？）”》":
        return True
    if classify(after) is not None:
        return False
    # a heading or a title has no full stop either, but it is short and holds no sentence
    return len(before) > 40 or (len(before) > 16 and any(mark in before for mark in "。；"))
