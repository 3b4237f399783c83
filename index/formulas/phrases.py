"""Set phrases: the list that ships, and those that a library's reviewers add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ahocorasick_rs import AhoCorasick, MatchKind

from index.alignment import Folded, fold
from index.alignment.spans import text_of

SHORTEST_PHRASE = 6
"""Compared characters: a shorter one stands in half of all sentences."""
_FILE = "data/prescribed.txt"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Prescribed wording."""

    text: str
    source: str = ""
    """Where it comes from, as a person would cite it; "" where nobody said."""


class PhraseBook:
    """Phrases, looked for all at once."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Phrases of less than SHORTEST_PHRASE compared characters are passed over."""
        folded = [(text_of(fold(phrase.text).codes), phrase) for phrase in phrases]
        kept = {text: phrase for text, phrase in folded if len(text) >= SHORTEST_PHRASE}
        self.phrases: Sequence[Phrase] = list(kept.values())
        self._found = AhoCorasick(list(kept), matchkind=MatchKind.Standard) if kept else None

    def places(self, text: Folded) -> list[tuple[int, int, Phrase]]:
        """(first, past, phrase) in compared characters, overlapping ones too, in order."""
        if self._found is None:
            return []
        found = self._found.find_matches_as_indexes(text_of(text.codes), overlapping=True)
        return sorted(
            ((first, past, self.phrases[which]) for which, first, past in found),
            key=lambda place: place[:2],
        )


def read_phrases(text: str) -> list[Phrase]:
    """A list, a phrase a line; behind a tab or ｜ where it comes from. # begins a comment.

    >>> read_phrases("# 我单位的提法\\n牢记嘱托、感恩奋进｜市委全会\\n\\n")
    [Phrase(text='牢记嘱托、感恩奋进', source='市委全会')]
    """
    phrases = []
    for line in text.splitlines():
        words, _, source = line.replace("\t", "｜", 1).partition("｜")
        if words.strip() and not words.startswith("#"):
            phrases.append(Phrase(words.strip(), source.strip()))
    return phrases


@cache
def shipped_phrases() -> tuple[Phrase, ...]:
    """The list that comes with the package."""
    text = resources.files("index").joinpath(_FILE).read_text(encoding="utf-8")
    return tuple(read_phrases(text))
