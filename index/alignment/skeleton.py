"""What is left of a text when its slots are masked: the sentence that a report keeps from year to
year while its figures change.

A slot is a number, a date's figures, or a placeholder (X项, *次, ××局, 某). Names of units and
places are no slots here, because their ends cannot be told without a dictionary: the text between
them is found as it is, and `slots` names what differs.
"""

from __future__ import annotations

import re

import numpy as np

from index.alignment.folded import Folded, fold

SLOT = 0xE000
"""The code that stands for a slot: of the private use area, so no text has it."""

_PLACEHOLDER = r"[XxＸｘ×✕╳*＊○〇□△▲_＿]{1,}|某{1,3}"
_HAN_NUMBER = r"[一二三四五六七八九十百千万亿两零〇]"
_COUNTED = (
    r"(?=[次个名人场项期件篇条家户村万亿余多届批辆台套份册间处支所座栋公亩吨米元天年月日号%％])"
)
_SLOTS = re.compile(
    rf"(?:\d+(?:[.．,，:：/／-]\d+)*|{_HAN_NUMBER}{{2,}}|{_HAN_NUMBER}+{_COUNTED}|{_PLACEHOLDER})+"
)


def skeleton(text: str) -> Folded:
    """The compared characters of `text`, each slot one SLOT that stands where the slot begins.

    >>> one = skeleton("全年开展廉政教育12次，参加500人次。")
    >>> other = skeleton("全年开展廉政教育X次，参加1,200人次。")
    >>> one.codes.tolist() == other.codes.tolist()
    True
    """
    folded = fold(text)
    slots = [match.span() for match in _SLOTS.finditer(text)]
    if not slots:
        return folded
    starts = np.array([start for start, _ in slots], np.int64)
    ends = np.array([end for _, end in slots], np.int64)
    # compared characters that lie in no slot
    slot = np.searchsorted(starts, folded.at, "right") - 1
    outside = (slot < 0) | (folded.at >= ends[slot])
    at = np.concatenate((folded.at[outside], starts))
    codes = np.concatenate((folded.codes[outside], np.full(len(starts), SLOT, np.uint32)))
    order = np.argsort(at, kind="stable")
    return Folded(codes[order], at[order])


def slots(text: str) -> list[tuple[int, int]]:
    """Where the slots of a text stand."""
    return [match.span() for match in _SLOTS.finditer(text)]
