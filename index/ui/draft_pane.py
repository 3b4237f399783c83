"""The draft as the browser's pane shows it: marks, numbers, what was decided. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from index.report import wording
from index.report.contents import Contents, ShownParagraph
from index.report.entries import NotCounted
from index.report.marked_text import Run

Data = dict[str, object]


def paragraphs(
    contents: Contents, decided: Collection[int] = (), only_found: bool = False
) -> list[Data]:
    """One entry a paragraph, as draft.js reads it. `decided`: numbers of findings.

    `only_found` leaves out the paragraphs in which nothing was found, and says how many.
    """
    reasons = _reasons(contents.not_counted)
    entries: list[Data] = []
    skipped = 0
    for paragraph in contents.paragraphs:
        if only_found and paragraph.plain:
            skipped += 1
            continue
        if skipped:
            entries.append(_left_out(skipped))
            skipped = 0
        entries.append(_paragraph(paragraph, decided, reasons.get(paragraph.number, ())))
    if skipped:
        entries.append(_left_out(skipped))
    return entries


def _left_out(count: int) -> Data:
    return {"left_out": f"（{count} 段没有发现）"}


def _reasons(not_counted: Sequence[NotCounted]) -> Mapping[int, list[NotCounted]]:
    found: dict[int, list[NotCounted]] = {}
    for one in not_counted:
        for number in one.paragraphs:
            found.setdefault(number, []).append(one)
    return found


def _paragraph(
    paragraph: ShownParagraph, decided: Collection[int], reasons: Sequence[NotCounted]
) -> Data:
    says = f"重合 {wording.percent(paragraph.reuse)}" if paragraph.reuse else ""
    if paragraph.own_past:
        says += "，多为本单位往年文字"
    runs: list[Data] = []
    finding = 0
    for run in reversed(paragraph.runs):  # a number stands behind the last piece of its passage
        numbers = [one.number for one in run.references if one.kind == "finding"]
        finding = numbers[0] if numbers else finding
        runs.append(_run(run, finding, decided, reasons))
    runs.reverse()
    return {
        "number": paragraph.number,
        "heading": paragraph.level > 0,
        "word": "" if paragraph.label == "own" else paragraph.word,
        "look": paragraph.label,
        "says": says,
        "runs": runs,
    }


def _run(run: Run, finding: int, decided: Collection[int], reasons: Sequence[NotCounted]) -> Data:
    classes = []
    data: Data = {"text": run.text}
    if run.look is not None:
        classes += ["xz-m", run.look, run.part]
    if run.look in ("formula", "quotation"):
        data["why"] = _why(run.text, reasons)
    elif run.look is not None:
        data["finding"] = finding
    if run.flagged:
        classes.append("xz-flag")
    data["look"] = " ".join(classes)
    if run.references:
        data["references"] = [
            (
                one.text + ("✓" if one.kind == "finding" and one.number in decided else ""),
                one.kind != "finding",
            )
            for one in run.references
        ]
    return data


def _why(text: str, reasons: Sequence[NotCounted]) -> str:
    words = wording.one_line(text)
    return next((one.why for one in reasons if words and words in one.text), "")
