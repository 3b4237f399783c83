"""What lies on the desk: a draft, what it shares with others, and what is known of its unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from index.datatypes import Source, Span
from index.findings import Draft, Leftover, LeftoverKind, SharedSpan, SourceDocument
from index.review.counterparts import found_in
from index.review.own_line import line_of

THROUGHOUT = 3
"""Paragraphs that name it: the draft is about it, whatever it is."""

_QUOTED = re.compile("《[^《》]*》|“[^“”]*”")


class Desk:
    """A draft, what it shares, and what is known of its own unit."""

    def __init__(
        self,
        draft: Draft,
        spans: Sequence[SharedSpan],
        documents: Mapping[int, SourceDocument],
        source_texts: Mapping[int, str],
    ) -> None:
        self.draft = draft
        self.texts = [paragraph.text for paragraph in draft.paragraphs]
        self.line = line_of(draft)
        self.spans = [span for span in spans if not span.by_meaning]
        self.documents = documents
        self.source_texts = source_texts
        self.summary = _looks_back(draft)
        self.own_texts = [
            source_texts[span.paragraph_id]
            for span in self.spans
            if documents[span.document_id].relation != "other" and span.paragraph_id in source_texts
        ]

    def likely_sources(self) -> Iterator[tuple[SourceDocument, list[SharedSpan]]]:
        """Documents of other units that are not known to be newer, each with what it shares; the
        one that shares most, the likeliest source, first."""
        by_document: dict[int, list[SharedSpan]] = defaultdict(list)
        for span in self.spans:
            document = self.documents[span.document_id]
            if document.relation == "other" and document.older is not False:
                by_document[span.document_id].append(span)
        for id_ in sorted(by_document, key=lambda id_: -sum(s.same for s in by_document[id_])):
            yield self.documents[id_], by_document[id_]

    def leftover(
        self, kind: LeftoverKind, paragraph: int, span: Span, why: str, source: Source | None = None
    ) -> Leftover:
        return Leftover(kind, paragraph, span, self.texts[paragraph][slice(*span)], why, source)

    def bodies(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """Matches in all paragraphs, those within 《》 and “” left out."""
        for index, text in enumerate(self.texts):
            quoted = [match.span() for match in _QUOTED.finditer(text)]
            for match in pattern.finditer(text):
                if not any(start <= match.start() < end for start, end in quoted):
                    yield index, match

    def paragraphs_with(self, name: str) -> int:
        return sum(name in text for text in self.texts)

    def source_of(self, paragraph: int, span: Span) -> Source | None:
        """The document that has this place of the draft too, word for word."""
        for shared in self._over(paragraph, span):
            text = self.source_texts.get(shared.paragraph_id)
            if text and found_in(self.texts[paragraph], text, shared.pieces, span):
                return self.documents[shared.document_id].source
        return None

    def past_of(self, paragraph: int, year: int) -> Source | None:
        """The document of that year which shares the paragraph."""
        for shared in sorted(self.spans, key=lambda shared: -shared.same):
            source = self.documents[shared.document_id].source
            if shared.paragraph == paragraph and source.year == year:
                return source
        return None

    def has_from_year(self, paragraph: int, span: Span, year: int) -> bool:
        """Whether an own or another report of that year has this place word for word."""
        return any(
            self.documents[shared.document_id].source.year == year
            and shared.paragraph == paragraph
            and shared.paragraph_id in self.source_texts
            and found_in(
                self.texts[paragraph], self.source_texts[shared.paragraph_id], shared.pieces, span
            )
            for shared in self.spans
        )

    def _over(self, paragraph: int, span: Span) -> Iterator[SharedSpan]:
        for shared in self.spans:
            if (
                shared.paragraph == paragraph
                and shared.span[0] <= span[0]
                and span[1] <= shared.span[1]
                and self.documents[shared.document_id].relation == "other"
                and self.documents[shared.document_id].older is not False
            ):
                yield shared


def _looks_back(draft: Draft) -> bool:
    """Whether the draft looks back on a year: not a plan, and not a government's work report."""
    words = draft.title + (draft.kind or "")
    return bool(re.search("总结|述职|小结|汇报|情况|报告", words)) and not re.search(
        "政府工作报告|要点|计划(?!.*总结)|方案|规划|讲话|[—\\-至]",
        draft.title.replace("工作总结及", ""),
    )


def in_title(text: str, at: int) -> bool:
    """Whether text[at] stands within 《》."""
    return text.rfind("《", 0, at) > text.rfind("》", 0, at) and "》" in text[at:]


def named(source: Source) -> str:
    """How a source is called in a sentence."""
    known = [source.unit or "", f"{source.year}年" if source.year else ""]
    inside = "，".join(part for part in known if part)
    return f"《{source.title}》" + (f"（{inside}）" if inside else "")
