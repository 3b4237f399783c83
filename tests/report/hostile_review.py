"""A review whose every text means harm, and one of five hundred findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from index.datatypes import Source
from index.findings import (
    Choices,
    Decision,
    Decisions,
    DocumentPair,
    Draft,
    DraftParagraph,
    Duplicates,
    Evidence,
    Leftover,
    Marked,
    Piece,
    Ratios,
    Review,
    ReviewedParagraph,
    SameFigure,
    SharedFamily,
    SharedSpan,
    Slot,
    SourceDocument,
    SourceShare,
)

ATTACKS = (
    "<script>window.harm = 1</script>",
    "</style></title><img src=http://evil.example/a.png onerror=alert(1)>",
    "![图](http://evil.example/b.png) [链接](javascript:alert(1)) www.evil.example",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "http://evil.example/c",
    "甲\x00乙\x08丙\x0b丁\x1f戊\ud800己\uffff庚",
    "前\u202e倒写\u202c后\u2066夹\u2069",
    "{{ 7 * 7 }} {% raw %}",
    "_x0041_ &amp; ]]> <!-- -->",
    "| 表 | 格 |\n| --- | --- |\n# 题\n- 条\n1. 条\n    代码\n```\n围栏\n```",
    "\t制表\r\n换行\u2028分行",
)


def _source(number: int, text: str) -> Source:
    return Source(number, text, text, text, 2022, text, text, (text,), 3, None, text)


def _shared(index: int, text: str, document: int) -> SharedSpan:
    whole = (0, len(text))
    return SharedSpan(
        paragraph=index,
        span=whole,
        document_id=document,
        paragraph_id=index,
        source_paragraph=3,
        source_span=whole,
        length=len(text),
        same=len(text),
        longest=len(text),
        source_length=len(text),
        pieces=(Piece(whole, whole),),
        slots=(Slot("number", text, text, (0, 1), (0, 1)),),
    )


def _made(texts: tuple[str, ...], harm: str) -> Review:
    draft = Draft(
        harm,
        tuple(DraftParagraph(number, text) for number, text in enumerate(texts, 1)),
        harm,
        2023,
        notes=(harm,),
    )
    documents = {at: SourceDocument(_source(at, text)) for at, text in enumerate(texts)}
    shared = tuple(_shared(at, text, at) for at, text in enumerate(texts))
    evidence = Evidence(
        draft,
        shared,
        documents=documents,
        leftovers=tuple(
            Leftover("place", at, (0, len(text)), text, text, _source(at, text))
            for at, text in enumerate(texts)
        ),
        same_figures=(SameFigure(0, (0, 1), texts[0][:1], _source(0, texts[0]), (0, 1)),),
        source_texts=dict(enumerate(texts)),
        limits=texts,
        settings={text: text for text in texts},
    )
    paragraphs = tuple(
        ReviewedParagraph(
            draft.paragraphs[at],
            "verbatim",
            (Marked((0, len(text)), "reuse", shared[at], (shared[at - 1],)),),
            (),
            reuse=1.0,
        )
        for at, text in enumerate(texts)
    )
    sources = tuple(SourceShare(document, 20, 0.5, 13, 0.2) for document in documents.values())
    return Review(evidence, Choices(), Ratios(1.0, 0.5, 0.1, 0.0, 0.5), paragraphs, sources)


def review() -> Review:
    """Every text that a person could have written is an attack, and one is a formula's."""
    made = _made(ATTACKS, ATTACKS[0])
    last = made.paragraphs[-1]
    formula = Marked((0, len(ATTACKS[-1])), "formula", why=ATTACKS[0])
    return replace(
        made, paragraphs=(*made.paragraphs[:-1], replace(last, label="formula", marked=(formula,)))
    )


def decisions() -> Decisions:
    when = datetime(2024, 1, 8, 9, 0)
    return {
        (at, (0, len(text))): Decision("check", text, text, when) for at, text in enumerate(ATTACKS)
    }


def large() -> Review:
    """500 findings, one of 40,000 characters, more than a cell of a workbook holds."""
    long = "长" * 40_000
    texts = tuple(f"第{number}条：巡查泵站并登记水位变化情况。" * 20 for number in range(499))
    return _made((long, *texts), "大稿")


def duplicates() -> Duplicates:
    pairs = tuple(
        DocumentPair(_source(at, text), _source(at + 50, text), 100, 0.4, 0.5, 60, 10)
        for at, text in enumerate(ATTACKS)
    )
    families = tuple(
        SharedFamily((at, at + 1), _source(at, text), (text,), (2022,), text, (_source(at, text),))
        for at, text in enumerate(ATTACKS)
    )
    return Duplicates(pairs, families, 0.3, ATTACKS, {text: text for text in ATTACKS})
