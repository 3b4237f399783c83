"""What a report of a review holds, the same for every format: cleaned texts, cut at every mark.

A finding is a passage of one draft paragraph and its best source, under one number in the whole
report. Pieces of it that a prescribed phrase parts keep one number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.findings import (
    Decision,
    Decisions,
    Evidence,
    Label,
    Marked,
    Review,
    SharedSpan,
)
from index.report import wording
from index.report.entries import (
    Entry,
    NotCounted,
    decided_in,
    flags_of,
    leftovers_of,
    not_counted_in,
    same_figures_of,
    shown_decision,
)
from index.report.marked_text import GAP, Run, draft_runs, runs_of, source_runs
from index.report.wording import LABELS, LOOKS, Look, shown

SCATTERED = "，只有零星文字相同"


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage of the draft and the best source of it."""

    number: int
    paragraph: int
    """Its paragraph's number, from 1."""
    look: Look
    text: str
    """The passage of the draft; pieces that something else parts are joined by ……"""
    runs: tuple[Run, ...]
    """The same, with its marks."""
    source_runs: tuple[Run, ...]
    """The source's passage with a little of what stands around it."""
    source_text: str
    """The source's passage alone."""
    source: str
    """Cited, with the paragraph."""
    relation: str
    length: int
    """Compared characters of the draft's passage."""
    same: int
    longest: int
    """Compared characters of the longest piece within this passage."""
    run: int
    """Of the longest run that it belongs to, which may go on in the next paragraphs."""
    whole: bool
    """Whether nothing at all differs."""
    slots: tuple[tuple[str, str, str], ...]
    """(kind, in the draft, in the source)"""
    also_in: tuple[str, ...]
    """Other sources, cited."""
    decisions: tuple[Decision, ...]

    @property
    def measure(self) -> str:
        """How much of it is the same, in words."""
        if self.look == "paraphrase":
            return f"{self.length} 字"
        if self.whole:
            text = f"{self.length} 字连续相同"
        else:
            text = f"{self.length} 字中 {self.same} 字相同，最长连续 {self.longest} 字"
        return text + (f"（连同上下段 {self.run} 字）" if self.run > self.length else "")

    @property
    def differences(self) -> str:
        """The slots as one line: 数字：12 ← 15."""
        return "；".join(f"{kind}：{draft} ← {source}" for kind, draft, source in self.slots)


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    number: int
    level: int
    label: Label
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    reuse: float
    own_past: bool

    @property
    def word(self) -> str:
        return LABELS[self.label]

    @property
    def plain(self) -> bool:
        """Whether nothing at all was found in it."""
        return all(run.look is None and not run.references for run in self.runs)


@dataclass(frozen=True, slots=True)
class ShownSource:
    rank: int
    citation: str
    relation: str
    characters: int
    share: float
    longest: int
    containment: float
    path: str
    notable: bool
    """Whether more of it is the same than a few words (`SourceShare.notable`)."""


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    share: float
    """0 to 1."""
    note: str

    @property
    def text(self) -> str:
        return wording.percent(self.share)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a report of a review says, in the order in which it says it."""

    title: str
    about: tuple[str, ...]
    """Unit, year, size: facts of the draft."""
    made: str
    summary: str
    same_text: str
    """A sentence, where the library holds this very text; "" where it does not. The figures leave
    it out: who reads them only would take a copied draft for a new one."""
    figures: tuple[Figure, Figure]
    """总重合, and what is left of it after the choices (`wording.after`)."""
    more_figures: tuple[Figure, ...]
    labels: tuple[tuple[str, int], ...]
    """(label, how many paragraphs), those that occur."""
    limits: tuple[str, ...]
    sources: tuple[ShownSource, ...]
    leftovers: tuple[Entry, ...]
    same_figures: tuple[Entry, ...]
    paragraphs: tuple[ShownParagraph, ...]
    not_counted: tuple[NotCounted, ...]
    settings: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]
    decided: tuple[tuple[int, str, Decision], ...]
    """(paragraph's number, the words, what a person said of them), in the draft's order."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for paragraph in self.paragraphs for finding in paragraph.findings)

    @property
    def looks(self) -> tuple[Look, ...]:
        """Those that occur in the draft, in the legend's order."""
        seen = {run.look for paragraph in self.paragraphs for run in paragraph.runs}
        return tuple(look for look in LOOKS if look in seen)


def contents_of(review: Review, decisions: Decisions, made: date) -> Contents:
    """Lay out a review. Raises KeyError where its evidence lacks the text of a named source."""
    evidence, draft = review.evidence, review.draft
    paragraphs: list[ShownParagraph] = []
    count = 0
    flags = flags_of(evidence)
    for index, reviewed in enumerate(review.paragraphs):
        found = reviewed.paragraph
        grouped = _grouped(reviewed.marked)
        numbers = {
            mark.span: number
            for number, marks in enumerate(grouped.values(), count + 1)
            for mark in marks
        }
        findings = tuple(
            _finding(review, index, shared, marks, decisions, number)
            for number, (shared, marks) in enumerate(grouped.items(), count + 1)
        )
        count += len(findings)
        paragraphs.append(
            ShownParagraph(
                number=found.number,
                level=found.level,
                label=reviewed.label,
                runs=runs_of(shown(found.text), reviewed.marked, numbers, flags.get(index, ())),
                findings=findings,
                reuse=reviewed.reuse,
                own_past=reviewed.own_past,
            )
        )
    facts = [wording.one_line(draft.unit or "单位未注明")]
    if draft.year is not None:
        facts.append(f"{draft.year}年")
    facts += [f"{draft.characters:,} 字", f"{len(draft.paragraphs)} 段"]
    labels = Counter(reviewed.label for reviewed in review.paragraphs)
    left_out = [
        evidence.documents[document].source
        for document in sorted(review.choices.without)
        if document in evidence.documents
    ]
    return Contents(
        title=wording.elided(wording.one_line(draft.title), wording.LONGEST_TITLE) or "未命名",
        about=tuple(facts),
        made=wording.day(made),
        summary=_summary(review),
        same_text=_same_text(evidence),
        figures=_figures(review),
        more_figures=_more_figures(review),
        labels=tuple((word, labels[label]) for label, word in LABELS.items() if labels[label]),
        limits=tuple(map(wording.one_line, evidence.limits)),
        sources=_sources(review),
        leftovers=leftovers_of(evidence, decisions),
        same_figures=same_figures_of(evidence, decisions),
        paragraphs=tuple(paragraphs),
        not_counted=not_counted_in(review),
        settings=tuple(
            (wording.one_line(name), wording.one_line(value))
            for name, value in evidence.settings.items()
        ),
        choices=wording.counted(review.choices, left_out),
        decided=decided_in(review, decisions),
    )


def _same_text(evidence: Evidence) -> str:
    held = [id_ for id_ in evidence.same_text if id_ != evidence.draft.document_id]
    if not held:
        return ""
    return (
        f"资料库里已经有 {len(held)} 份和这份稿子一字不差的材料（名称见“这次比对看不到的”），"
        "当作同一份，没有算进下面的数字。"
    )


def _summary(review: Review) -> str:
    ratios, sources = review.ratios, review.sources
    held = _same_text(review.evidence)
    if not sources and not ratios.overlap:
        return (
            held
            + ("除此之外，" if held else "")
            + "在所比对的范围内，没有找到和送审稿相同或相近的文字。"
        )
    counts = "、".join(
        word
        for word, counts in (
            ("固定表述", review.choices.prescribed),
            ("引用", review.choices.quotations),
            ("本单位往年材料", review.choices.own_past),
        )
        if not counts
    )
    after = f"不计{counts}，" if counts else "按所选设置，"
    text = held + (
        f"送审稿有 {wording.percent(ratios.overlap)} 的文字在资料库里也有；"
        f"{after}重合 {wording.percent(ratios.reuse)}，涉及 {len(sources)} 篇来源"
    )
    if scattered := sum(not source.notable for source in sources):
        text += f"（{scattered} 篇只有零星文字相同）"
    if ratios.own_past:
        text += f"，其中本单位往年材料占 {wording.percent(ratios.own_past)}"
    return text + "。"


def _figures(review: Review) -> tuple[Figure, Figure]:
    ratios, choices = review.ratios, review.choices
    left_out = ("" if choices.prescribed else "固定表述", "" if choices.quotations else "引用")
    named = "和".join(part for part in left_out if part)
    note = f"不计{named}" if named else "固定表述和引用也计入"
    return (
        Figure("总重合", ratios.overlap, "资料库里也有的文字，固定表述和引用都算在内"),
        Figure(wording.after(choices), ratios.reuse, note),
    )


def _more_figures(review: Review) -> tuple[Figure, ...]:
    ratios = review.ratios
    largest = wording.cited(review.sources[0].document.source) if review.sources else ""
    return (
        Figure("沿用本单位往年", ratios.own_past, f"含在“{wording.after(review.choices)}”里"),
        Figure("引用", ratios.quoted, "讲话和文件的原话，另行统计"),
        Figure("最大单一来源", ratios.largest_source, largest),
    )


def _sources(review: Review) -> tuple[ShownSource, ...]:
    return tuple(
        ShownSource(
            rank=rank,
            citation=wording.cited(share.document.source),
            relation=wording.related(share.document) + ("" if share.notable else SCATTERED),
            characters=share.characters,
            share=share.share,
            longest=share.longest,
            containment=share.containment,
            path=wording.one_line(share.document.source.path),
            notable=share.notable,
        )
        for rank, share in enumerate(review.sources, 1)
    )


def _grouped(marked: Sequence[Marked]) -> dict[SharedSpan, list[Marked]]:
    """The marks of each shared span, by place."""
    groups: dict[SharedSpan, list[Marked]] = {}
    for mark in sorted(marked, key=lambda mark: mark.span):
        if mark.kind == "reuse" and mark.shared is not None:
            groups.setdefault(mark.shared, []).append(mark)
    return groups


def _finding(
    review: Review,
    index: int,
    shared: SharedSpan,
    marks: Sequence[Marked],
    decisions: Decisions,
    number: int,
) -> Finding:
    evidence = review.evidence
    paragraph = review.paragraphs[index].paragraph
    text = shown(paragraph.text)
    source_text = shown(evidence.source_texts[shared.paragraph_id])
    document = evidence.documents[shared.document_id]
    alternatives = {
        (other.document_id, other.source_paragraph): None
        for mark in marks
        for other in mark.alternatives
        if other.document_id not in review.choices.without
    }
    places = dict.fromkeys([*((index, mark.span) for mark in marks), (index, shared.span)])
    return Finding(
        number=number,
        paragraph=paragraph.number,
        look=wording.look_of(shared),
        text=GAP.join(text[slice(*mark.span)] for mark in marks),
        runs=draft_runs(text, shared, marks),
        source_runs=source_runs(source_text, shared),
        source_text=source_text[slice(*shared.source_span)],
        source=wording.cited(document.source, shared.source_paragraph),
        relation=wording.related(document),
        length=shared.length,
        same=shared.same,
        longest=max((_compared(text[slice(*piece.span)]) for piece in shared.pieces), default=0),
        run=shared.longest,
        whole=shared.same >= max(shared.length, shared.source_length),
        slots=tuple(
            (wording.SLOTS[slot.kind], wording.one_line(slot.draft), wording.one_line(slot.source))
            for slot in shared.slots
        ),
        also_in=tuple(
            wording.cited(evidence.documents[document_id].source, paragraph)
            for document_id, paragraph in alternatives
        ),
        decisions=tuple(shown_decision(decisions[place]) for place in places if place in decisions),
    )


def _compared(text: str) -> int:
    """Letters, digits and Chinese characters: what comparisons count."""
    return sum(character.isalnum() for character in text)
