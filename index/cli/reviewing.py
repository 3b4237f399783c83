"""What the library is asked about re-use: review of drafts, duplicates within the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.cli.command import cli, opened
from index.cli.options import TEXT, json_option
from index.cli.printing import print_json
from index.cli.wrong_use import DONE, PARTLY
from index.datatypes import Metadata
from index.errors import QueryError
from index.settings import Settings

if TYPE_CHECKING:
    from index.findings import Duplicates, Marked, Review, Slot

MOST_SHOWN = 30
"""Lines of a list on the screen; files and JSON hold everything."""


def _written(help_: str, name: str) -> Callable[..., Any]:
    return click.option(name, type=click.Path(path_type=Path, dir_okay=False), help=help_)


@cli.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--unit", type=TEXT, help="稿子的单位；不写则从稿子里看。")
@click.option("--year", type=click.IntRange(1900, 2100), help="稿子的年份；不写则从稿子里看。")
@_written("把报告写成一个网页文件，不联网也能看。", "--html")
@_written("把报告写成 Word 文件。", "--docx")
@_written("把报告写成 Excel 表。", "--xlsx")
@json_option
@click.pass_obj
def review(
    settings: Settings,
    files: tuple[Path, ...],
    unit: str | None,
    year: int | None,
    html: Path | None,
    docx: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> int:
    """稿子和资料库比对，几份稿子也互相比对：哪些文字相同、出自哪里，哪些地方可能忘了改。"""
    from index import report
    from index.review import gather, judge
    from index.review.campaign import among, campaign, read
    from index.review.deciding import decisions_of

    missing = [path for path in files if not path.exists()]
    if missing:
        raise QueryError(f"找不到 {missing[0]}，请检查路径是否写对。")
    with opened(settings) as library:
        drafts, errors = read(files, Metadata(unit=unit, year=year))
        for error in errors:
            click.echo(f"没有读入 {error.path}：{error.reason}", err=True)
        evidences = among([gather(library, draft) for draft in drafts])
        decisions = [decisions_of(library, evidence) for evidence in evidences]
    reviews = [judge(evidence) for evidence in evidences]
    together = campaign(reviews)
    shared: list[list[float]] = together.shared.tolist()
    for number, (found, said) in enumerate(zip(reviews, decisions, strict=True), 1):
        of = number if len(reviews) > 1 else None
        if html:
            _write(_numbered(html, of), report.html(found, decisions=said).encode())
        if docx:
            _write(_numbered(docx, of), report.docx(found, decisions=said))
        if xlsx:
            _write(_numbered(xlsx, of), report.xlsx(found, decisions=said))
    if len(reviews) > 1:
        if html:
            _write(html, report.html_of_several(reviews, shared).encode())
        if xlsx:
            _write(xlsx, report.xlsx_of_several(reviews, shared))
    if as_json and len(reviews) == 1 and len(files) == 1:
        print_json(review_json(reviews[0]))
    elif as_json:
        matrix = [
            [None if i == j else share for j, share in enumerate(row)]
            for i, row in enumerate(shared)
        ]
        print_json({"reviews": [review_json(found) for found in reviews], "shared": matrix})
    else:
        for found in reviews:
            _show_review(found)
        _show_each_other(reviews, shared)
    return PARTLY if errors else DONE


def _show_each_other(reviews: Sequence[Review], shared: Sequence[Sequence[float]]) -> None:
    """Which drafts share much with which others, most first."""
    from index.report import wording

    found = [
        (share, i, j)
        for i, row in enumerate(shared)
        for j, share in enumerate(row)
        if i != j and share > 0
    ]
    if not found:
        return
    click.echo("稿子之间：")
    titles = [wording.one_line(one.draft.title) for one in reviews]
    for share, i, j in sorted(found, reverse=True)[:MOST_SHOWN]:
        click.echo(
            f"  第{i + 1}份《{titles[i]}》有 {wording.percent(share)} "
            f"和第{j + 1}份《{titles[j]}》相同"
        )
    _rest(len(found), "行")


def _numbered(path: Path, number: int | None) -> Path:
    """
    >>> _numbered(Path("报告.html"), 2).name, _numbered(Path("报告.html"), None).name
    ('报告-2.html', '报告.html')
    """
    return path if number is None else path.with_name(f"{path.stem}-{number}{path.suffix}")


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)  # whole or not at all
    except OSError as error:
        raise QueryError(
            f"不能写入 {path}（{error.strerror}），请换一个可以写入的位置。"
        ) from error
    click.echo(f"写好了 {path}", err=True)


def review_json(review: Review) -> dict[str, Any]:
    """A review as `review --json` prints it."""
    draft = review.draft
    return {
        "draft": {
            "title": draft.title,
            "unit": draft.unit,
            "year": draft.year,
            "characters": draft.characters,
        },
        "ratios": asdict(review.ratios),
        "paragraphs": [
            {
                "paragraph": found.paragraph.number,
                "text": found.paragraph.text,
                "label": found.label,
                "own_past": found.own_past,
                "spans": [_span_json(review, mark) for mark in found.marked],
                "slots": [_slot_json(slot) for slot in found.slots],
            }
            for found in review.paragraphs
        ],
        "leftovers": [
            {
                "paragraph": draft.paragraphs[one.paragraph].number,
                "start": one.span[0],
                "end": one.span[1],
                "text": one.text,
                "kind": one.kind,
                "why": one.why,
                "source": asdict(one.source) if one.source else None,
            }
            for one in review.evidence.leftovers
        ],
        "same_figures": [
            {
                "paragraph": draft.paragraphs[one.paragraph].number,
                "start": one.span[0],
                "end": one.span[1],
                "text": one.text,
                "source": asdict(one.source),
            }
            for one in review.evidence.same_figures
        ],
        "sources": [
            {
                "source": asdict(one.document.source),
                "characters": one.characters,
                "share": one.share,
                "longest": one.longest,
                "containment": one.containment,
                "relation": one.document.relation,
            }
            for one in review.sources
        ],
        "limits": list(review.evidence.limits),
        "settings": dict(review.evidence.settings),
    }


def _span_json(review: Review, mark: Marked) -> dict[str, Any]:
    value: dict[str, Any] = {
        "start": mark.span[0],
        "end": mark.span[1],
        "kind": mark.kind,
        "source": None,
        "source_start": None,
        "source_end": None,
        "why": mark.why,
    }
    if mark.shared is not None:
        source = asdict(review.evidence.documents[mark.shared.document_id].source)
        source["paragraph"] = mark.shared.source_paragraph
        value["source"] = source
        value["source_start"], value["source_end"] = mark.shared.source_span
    return value


def _slot_json(slot: Slot) -> dict[str, Any]:
    return {"draft": slot.draft, "source": slot.source, "kind": slot.kind}


def _show_review(review: Review) -> None:
    from index.report import wording

    draft, ratios = review.draft, review.ratios
    where = "　".join(
        part
        for part in (
            draft.unit or "单位不详",
            f"{draft.year}年" if draft.year else "年份不详",
            f"{draft.characters:,} 字",
        )
        if part
    )
    click.echo(f"《{wording.one_line(draft.title)}》　{where}")
    click.echo(
        f"总重合 {wording.percent(ratios.overlap)}　"
        f"{wording.after(review.choices)} {wording.percent(ratios.reuse)}"
        f"（其中本单位往年 {wording.percent(ratios.own_past)}）　"
        f"最大单一来源 {wording.percent(ratios.largest_source)}"
    )
    labels = [wording.LABELS[one.label] for one in review.paragraphs if one.label != "own"]
    if labels:
        counts = {label: labels.count(label) for label in wording.LABELS.values()}
        click.echo("　".join(f"{label} {count} 段" for label, count in counts.items() if count))
    if review.sources:
        click.echo("来源：")
    for number, one in enumerate(review.sources[:MOST_SHOWN], 1):
        click.echo(
            f"{number:>4}. {wording.cited(one.document.source)}　{wording.related(one.document)}　"
            f"{one.characters:,} 字，占稿子 {wording.percent(one.share)}，"
            f"最长连续 {one.longest} 字"
        )
    _rest(len(review.sources), "篇")
    if review.evidence.leftovers:
        click.echo("可能忘了改：")
    for left in review.evidence.leftovers:
        number = draft.paragraphs[left.paragraph].number
        click.echo(f"  第{number}段 “{wording.one_line(left.text)}”：{wording.one_line(left.why)}")
    for sentence in review.evidence.limits:
        click.echo(sentence, err=True)
    click.echo()


@cli.command()
@click.option("--paragraphs", is_flag=True, help="只列同一写法的段落。")
@click.option("--documents", is_flag=True, help="只列相同较多的文档对。")
@click.option(
    "--min",
    "minimum",
    type=click.FloatRange(0, 1),
    default=0.5,
    help="文档对中一方至少有这么多与另一方相同，0 到 1，默认 0.5。",
)
@click.option(
    "--characters", type=click.IntRange(13), help="相同这么多字以上的文档对也列出，不论比例。"
)
@_written("把结果写成一个网页文件，不联网也能看。", "--html")
@_written("把结果写成 Excel 表。", "--xlsx")
@json_option
@click.pass_obj
def duplicates(
    settings: Settings,
    paragraphs: bool,
    documents: bool,
    minimum: float,
    characters: int | None,
    html: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> int:
    """资料库和自己比对：哪些文档大量相同，同一写法在哪些年、哪些单位出现。"""
    from index import report
    from index.duplicates import find_duplicates

    with opened(settings) as library:
        found = find_duplicates(library, minimum, characters=characters)
    if html:
        _write(html, report.html_of_duplicates(found).encode())
    if xlsx:
        _write(xlsx, report.xlsx_of_duplicates(found))
    both = paragraphs == documents
    if as_json:
        print_json(duplicates_json(found, documents or both, paragraphs or both))
        return DONE
    if documents or both:
        _show_pairs(found)
    if paragraphs or both:
        _show_families(found)
    for sentence in found.limits:
        click.echo(sentence, err=True)
    return DONE


def duplicates_json(
    found: Duplicates, documents: bool = True, families: bool = True
) -> dict[str, Any]:
    """A library's duplicates as `duplicates --json` prints them."""
    value: dict[str, Any] = {}
    if documents:
        value["documents"] = [asdict(pair) for pair in found.documents]
    if families:
        value["families"] = [
            {
                "paragraph_ids": list(family.paragraph_ids),
                "size": family.size,
                "first": asdict(family.first),
                "spread": {"units": list(family.units), "years": list(family.years)},
                "text": family.text,
            }
            for family in found.families
        ]
    value["min"] = found.minimum
    value["limits"] = list(found.limits)
    value["settings"] = dict(found.settings)
    return value


def _show_pairs(found: Duplicates) -> None:
    from index.report import wording

    least = wording.percent(found.minimum)
    many = f"，或相同 {found.characters} 字以上" if found.characters is not None else ""
    click.echo(
        f"一方有 {least} 以上与另一方相同{many}的文档（固定表述不计）：{len(found.documents)} 对"
    )
    for number, pair in enumerate(found.documents[:MOST_SHOWN], 1):
        click.echo(f"{number:>4}. {wording.cited(pair.a)}")
        click.echo(f"      {wording.cited(pair.b)}")
        click.echo(
            f"      相同 {pair.shared:,} 字，占前一篇 {wording.percent(pair.reuse_a)}、"
            f"后一篇 {wording.percent(pair.reuse_b)}，最长连续 {pair.longest_run} 字；"
            + (f"其中 {pair.between:,} 字只差数字、空缺；" if pair.between else "")
            + f"另有固定表述 {pair.formula:,} 字"
        )
    _rest(len(found.documents), "对")


def _show_families(found: Duplicates) -> None:
    from index.report import wording

    click.echo(f"同一写法的段落：{len(found.families)} 组")
    for number, family in enumerate(found.families[:MOST_SHOWN], 1):
        years = [str(year) for year in family.years]
        spread = "，".join(
            part
            for part in (
                f"{len(family.units)} 个单位" if family.units else "",
                "、".join(years),
            )
            if part
        )
        click.echo(f"{number:>4}. ×{family.size}　{spread}")
        click.echo(f"      {wording.elided(wording.one_line(family.text), 120)}")
        first = "首见于" if family.first.year else "见于"
        click.echo(f"      {first} {wording.cited(family.first, family.first.paragraph)}")
    _rest(len(found.families), "组")


def _rest(total: int, counter: str) -> None:
    if total > MOST_SHOWN:
        click.echo(
            f"      ……还有 {total - MOST_SHOWN:,} {counter}，用 --json、--html 或 --xlsx 看全部。"
        )
