"""The sources of the sample -> its reports: the marks read, the derived reports derived.

corpus/README.md describes the marks. Nothing here knows a file format.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

SEED = 20231231
RUN = 13
"""Shortest shared run, in characters, that counts as re-use (连续13字)."""

TOPICS = (
    "廉政教育",
    "意识形态",
    "主题教育",
    "党风廉政建设",
    "三会一课",
    "第一议题",
    "理论学习中心组",
    "党员教育培训",
    "党员发展",
    "支部建设",
    "民主生活会与组织生活会",
    "巡察整改",
    "党建品牌",
    "党建业务融合",
    "作风建设",
    "基层减负",
    "志愿服务",
    "乡村振兴",
    "安全生产",
    "营商环境",
    "疫情防控",
    "干部队伍",
    "存在问题",
    "下步打算",
)

CHANGES = ("verbatim", "renamed", "blanked", "numbers", "edited", "paraphrase", "part")
"""What a derived paragraph may be of its origin. blanked: renamed, and placeholders for figures;
part: a run of it inside new text."""


class SourceError(Exception):
    """A source file says something that cannot be done; the message names file and line."""


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One body paragraph, with what is known of it."""

    key: str
    """slug:p3, unique in the sample."""
    text: str
    topics: dict[str, int] = field(default_factory=dict)
    origin: str = ""
    """Key of the hand-written paragraph it derives from; its own key where it is one."""
    change: str = ""
    """One of CHANGES, empty for a paragraph written for its document."""


Item = Heading | Paragraph


@dataclass(frozen=True)
class Report:
    """One document of the sample, before it is written in a format."""

    slug: str
    title: str
    file: str
    """Below corpus/documents, with forward slashes."""
    options: tuple[str, ...]
    unit: str = ""
    year: int | None = None
    kind: str = ""
    byline: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """(kind, name) of units, places and persons that belong to this report."""
    leftovers: tuple[tuple[str, str, str], ...] = ()
    """(name, kind, slug of the report it belongs to)."""
    noise: tuple[tuple[str, ...], ...] = ()
    csv: bool = False
    """Its metadata stands in metadata.csv beside it, not in the text."""

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [item for item in self.items if isinstance(item, Paragraph)]

    @property
    def format(self) -> str:
        return self.file.rsplit(".", 1)[1]


_MARK = re.compile(r"\[(?P<inside>[^\]]*)\] ?(?P<text>.*)", re.DOTALL)
_RANGE = re.compile(
    r"> (?P<slug>\S+) (?P<first>p\d+[a-z]?)\.\.(?P<last>p\d+[a-z]?) (?P<change>\w+)$"
)
_DERIVED = re.compile(r"< (?P<origin>\S+:p\d+[a-z]?) (?P<change>\w+)(?: keep (?P<keep>.+))?$")


def read_sources(folder: Path) -> list[Report]:
    """All reports of `folder`: the hand-written ones first, then the derived, each by file name."""
    reports: dict[str, Report] = {}
    for path in sorted(folder.glob("*.source")) + sorted(folder.glob("derived/*.source")):
        text = path.read_text(encoding="utf-8")
        chunks = re.split(r"(?m)^(?=@slug )", text) if "@slug " in text else [text]
        for chunk in chunks:
            if chunk.strip():
                report = _parse(chunk, path, reports)
                if report.slug in reports:
                    raise SourceError(f"{path.name}: two reports are called {report.slug}")
                reports[report.slug] = report
    return list(reports.values())


def _parse(text: str, path: Path, written: dict[str, Report]) -> Report:
    head: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("@"):
            name, _, value = line[1:].partition(" ")
            head.setdefault(name, []).append(value.strip())
        elif line.strip() and not line.startswith("%"):
            lines.append(line)
    slug = head.get("slug", [path.stem])[0]
    swaps = dict(tuple(swap.split(" => ")) for swap in head.get("replace", []))
    items = list(_items(lines, slug, swaps, written, path))
    file, *options = head["write"][0].split()
    return Report(
        slug=slug,
        title=head["title"][0],
        file=file,
        options=tuple(options),
        unit=head.get("unit", [""])[0],
        year=int(head["year"][0]) if "year" in head else None,
        kind=head.get("kind", [""])[0],
        byline=tuple(head.get("byline", [])),
        items=tuple(items),
        names=tuple(
            (kind, name)
            for value in head.get("names", [])
            for kind, _, names in [value.partition(" ")]
            for name in names.split()
        ),
        leftovers=tuple(
            (name, kind, owner)
            for value in head.get("leftover", [])
            for name, kind, owner in [value.split(" ")]
        ),
        noise=tuple(tuple(value.split()) for value in head.get("noise", [])),
        csv="metadata.csv" in head.get("metadata", []),
    )


def _items(
    lines: Sequence[str],
    slug: str,
    swaps: dict[str, str],
    written: dict[str, Report],
    path: Path,
) -> Iterator[Item]:
    count = 0
    for line in lines:
        where = f"{path.name}: {line[:40]}"
        if line.startswith("#"):
            marks, _, text = line.partition(" ")
            yield Heading(len(marks), text)
        elif line.startswith(">"):
            match = _RANGE.match(line)
            if not match:
                raise SourceError(f"{where}: > slug p1..p5 change")
            for item in _between(written[match["slug"]], match["first"], match["last"]):
                if isinstance(item, Heading):
                    yield Heading(item.level, _swap(item.text, swaps))
                else:
                    count += 1
                    yield _derive(item, f"{slug}:p{count}", match["change"], swaps, where)
        else:
            match = _MARK.match(line)
            if not match:
                raise SourceError(f"{where}: a paragraph needs a mark such as [p1 | 廉政教育2]")
            count += 1
            name, _, labels = match["inside"].partition("|")
            topics = _topics(labels, where)
            derived = _DERIVED.match(name.strip())
            if derived:
                origin_slug = derived["origin"].partition(":")[0]
                origin = next(
                    p for p in written[origin_slug].paragraphs if p.key == derived["origin"]
                )
                kept = (derived["keep"] or "").split()
                paragraph = _derive(
                    origin,
                    f"{slug}:p{count}",
                    derived["change"],
                    {old: new for old, new in swaps.items() if old not in kept},
                    where,
                    match["text"],
                )
                yield replace(paragraph, topics=topics) if labels else paragraph
            else:
                own = name.strip() or f"p{count}"
                if not re.fullmatch(r"p\d+[a-z]?", own):
                    raise SourceError(f"{where}: paragraphs are called p1, p2, p2a …")
                key = f"{slug}:{own}"
                yield Paragraph(key, match["text"], topics, origin=key)


def _topics(labels: str, where: str) -> dict[str, int]:
    topics = {}
    for label in labels.split():
        name, grade = label[:-1], label[-1]
        if name not in TOPICS or grade not in "12":
            raise SourceError(f"{where}: unknown label {label}")
        topics[name] = int(grade)
    return topics


def _between(report: Report, first: str, last: str) -> list[Item]:
    """The items from paragraph `first` to `last`, with the headings directly above `first`."""
    keys = [item.key if isinstance(item, Paragraph) else "" for item in report.items]
    start = keys.index(f"{report.slug}:{first}")
    while start and isinstance(report.items[start - 1], Heading):
        start -= 1
    return list(report.items[start : keys.index(f"{report.slug}:{last}") + 1])


def _derive(
    origin: Paragraph,
    key: str,
    change: str,
    swaps: dict[str, str],
    where: str,
    text: str = "",
) -> Paragraph:
    if change not in CHANGES:
        raise SourceError(f"{where}: unknown change {change}")
    if change == "verbatim":
        text = origin.text
    elif change == "renamed":
        text = _swap(origin.text, swaps)
    elif change == "blanked":
        text = blank(_swap(origin.text, swaps), key)
    elif change == "numbers":
        text = text or other_numbers(origin.text, key)
        if re.sub(r"\d+", "0", text) != re.sub(r"\d+", "0", origin.text):
            raise SourceError(f"{where}: more than the numbers differs")
    elif change == "edited" and not text:
        text = _swap(edit(origin.text), swaps)
    if not text:
        raise SourceError(f"{where}: write the new text of the paragraph behind its mark")
    if change in ("renamed", "blanked") and text == origin.text:
        change = "verbatim"  # no name in it
    if change != "verbatim" and text == origin.text:
        raise SourceError(f"{where}: nothing changed, call it verbatim")
    runs = shared_runs(origin.text, text)
    if change == "paraphrase" and runs:
        raise SourceError(f"{where}: a paraphrase shares {runs}")
    if change != "paraphrase" and len(origin.text) > RUN and not runs:
        raise SourceError(f"{where}: nothing of the origin is left")
    return Paragraph(key, text, origin.topics, origin.origin, change)


def _swap(text: str, swaps: dict[str, str]) -> str:
    """All replacements at once, the longest first, so that 2022 => 2023 and 2023 => 2024 work."""
    if not swaps:
        return text
    pattern = "|".join(re.escape(old) for old in sorted(swaps, key=len, reverse=True))
    return re.sub(pattern, lambda match: swaps[match[0]], text)


# Whole numbers and decimals that count something; years, dates, ages and ordinals stay.
_NUMBER = re.compile(r"(?<![\d.第“”])(?!20\d\d年)(\d+)(\.\d+)?(?![\d.]|[年月日岁])")


def other_numbers(text: str, key: str) -> str:
    """The same text with every counted figure changed by up to a third, by a seed of its own.

    >>> first, again = (other_numbers("2023年检查186家，占9.4%", "a:p1") for _ in range(2))
    >>> first == again, first[:7]
    (True, '2023年检查')
    >>> other_numbers("2023年底", "a:p1")
    '2023年底'
    """
    chance = random.Random(f"{SEED}:{key}")

    def other(match: re.Match[str]) -> str:
        whole, part = match[1], match[2] or ""
        digits = len(part) - 1 if part else 0
        old = int(whole + part[1:]) if part else int(whole)
        step = max(1, old // 3)
        percent = text[match.end() : match.end() + 1] == "%"
        new = old
        while new == old or (percent and new >= 100 * 10**digits):
            new = max(1, old + chance.randint(-step, step))
        shown = str(new).zfill(digits + 1)
        return f"{shown[:-digits]}.{shown[-digits:]}" if digits else shown

    return _NUMBER.sub(other, text)


def blank(text: str, key: str) -> str:
    """The same text with placeholders for its figures, as sites that sell model texts leave them.

    >>> set(blank("检查186家，2023年", "a:p1")) <= set("检查X*家，2023年")
    True
    """
    chance = random.Random(f"{SEED}:{key}")
    return _NUMBER.sub(lambda match: chance.choice(("X", "XX", "*", "X")), text)


EDITS = (
    ("全年", "一年来"),
    ("组织", "安排"),
    ("推行", "实行"),
    ("一律", "全部"),
    ("过去", "以往"),
    ("聘请", "邀请"),
    ("成立", "组建"),
    ("当场", "现场"),
    ("主要是", "突出表现为"),
    ("打算", "计划"),
    ("挂钩", "直接挂钩"),
    ("因此", "由此"),
    ("逐一", "一一"),
    ("反映", "提出"),
    ("下一步", "接下来"),
    ("每名", "每一名"),
)
"""What someone does who does not want it to look copied."""


def edit(text: str) -> str:
    """`text` with the words of EDITS exchanged.

    >>> edit("全年组织培训3次")
    '一年来安排培训3次'
    """
    return _swap(text, dict(EDITS))


_NOT_COMPARED = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")


def folded(text: str) -> str:
    """What is compared: characters, letters and digits, no punctuation and no spaces."""
    return _NOT_COMPARED.sub("", text)


def grams(text: str, size: int = RUN) -> set[str]:
    """All runs of `size` characters of the folded text."""
    text = folded(text)
    return {text[i : i + size] for i in range(len(text) - size + 1)}


def shared_runs(a: str, b: str, size: int = RUN) -> list[str]:
    """Maximal runs of at least `size` characters of folded `a` that stand in folded `b` too.

    >>> shared_runs("一二三四五六", "〇二三，四五七", size=3)
    ['二三四五']
    """
    a, b = folded(a), folded(b)
    known = {b[i : i + size] for i in range(len(b) - size + 1)}
    runs: list[tuple[int, int]] = []
    for i in range(len(a) - size + 1):
        if a[i : i + size] not in known:
            continue
        if runs and a[runs[-1][0] : i + size] in b:
            runs[-1] = (runs[-1][0], i + size)
        else:
            runs.append((i, i + size))
    return [a[start:end] for start, end in runs]
