"""What a model wants to see before a query and before a passage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Prompts:
    """What is put before a query and before a passage."""

    policy: str
    """Short name, part of the encoder's name."""
    query: str
    passage: str


_BY_NAME: tuple[tuple[str, Prompts], ...] = (
    # each from the model's card; the first that matches the name in lower case
    (
        r"e5.*instruct",
        Prompts(
            "e5-instruct",
            "Instruct: Given a topic or a sentence, retrieve passages of reports about it\nQuery: ",
            "",
        ),
    ),
    (r"(^|[^a-z])e5([^a-z0-9]|$)", Prompts("e5", "query: ", "passage: ")),
    (r"bge-(small|base|large)-zh", Prompts("bge", "为这个句子生成表示以用于检索相关文章：", "")),
    (
        r"bge-(small|base|large)-en",
        Prompts("bge", "Represent this sentence for searching relevant passages: ", ""),
    ),
)


def prompts_for(name: str, configured: Mapping[str, str | None]) -> Prompts:
    """The model's own prompts where it has any, else those its family was trained with.

    `configured` is what sentence-transformers read from the model's folder; like
    sentence-transformers, a passage takes the first of "document", "passage" and "corpus".

    >>> prompts_for("Qwen3-Embedding-0.6B", {"query": "Instruct: …\\nQuery:", "document": ""})
    Prompts(policy='own', query='Instruct: …\\nQuery:', passage='')
    >>> prompts_for("multilingual-e5-base", {"query": None, "document": None}).passage
    'passage: '
    >>> prompts_for("gte-base-zh", {})
    Prompts(policy='none', query='', passage='')
    """
    if any(configured.values()):
        passage = next(
            (configured[key] for key in ("document", "passage", "corpus") if key in configured), ""
        )
        return Prompts("own", configured.get("query") or "", passage or "")
    for pattern, prompts in _BY_NAME:
        if re.search(pattern, name.lower()):
            return prompts
    return Prompts("none", "", "")
