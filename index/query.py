"""What a person typed -> what is searched for; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.errors import QueryError

LONGEST = 10_000
"""Characters of a query that are read; what a pasted report has beyond is left out."""

_QUOTED = re.compile(r'“([^“”]+)”|"([^"]+)"|「([^「」]+)」')
_WORD = re.compile(r"\w")
_SENTENCE = re.compile("[。！？!?；;…]")
LONGEST_COMMAND = 60
"""Characters up to which quoted wording in a search text must occur."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search text, taken apart."""

    text: str
    """What is meant, with the quotation marks of `phrases` taken off."""
    phrases: tuple[str, ...] = ()
    """Wording that must occur to the letter."""


def parse(text: str) -> Query:
    """Take a search text apart.

    Quoted wording must occur to the letter; everything is searched by meaning and words. In a
    pasted paragraph and in a whole sentence or question quotes are quotations and names: of the lay
    questions of the law set half of those with quotes would find nothing at all.

    Raises QueryError where there is nothing to search for.

    >>> parse("“一岗双责” 怎么落实")
    Query(text='一岗双责 怎么落实', phrases=('一岗双责',))
    >>> parse("怎么落实“一岗双责”？").phrases
    ()
    >>> parse('党员 "三会一课')
    Query(text='党员 "三会一课', phrases=())
    >>> parse("？！")
    Traceback (most recent call last):
    index.errors.QueryError: 没有看到可以搜索的文字，请输入一个词、一句话或一段文字。
    """
    text = text.encode("utf-8", "replace").decode()  # half a character of another encoding
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not _WORD.search(text):
        raise QueryError("没有看到可以搜索的文字，请输入一个词、一句话或一段文字。")
    phrases = []
    if len(text) <= LONGEST_COMMAND and not _SENTENCE.search(_QUOTED.sub("", text)):
        for match in _QUOTED.finditer(text):
            phrase = next(group for group in match.groups() if group).strip()
            if phrase and _WORD.search(phrase):
                phrases.append(phrase)
    bare = _QUOTED.sub(lambda m: next(g for g in m.groups() if g), text) if phrases else text
    return Query(text=bare, phrases=tuple(dict.fromkeys(phrases)))
