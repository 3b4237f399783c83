"""Results as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from index.datatypes import Hit, Source, StoredParagraph


def print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_hits(head: dict[str, Any], hits: Sequence[Hit], took: float, as_json: bool) -> None:
    if as_json:
        print_json({**head, "took_ms": round(took, 1), "hits": [hit_json(hit) for hit in hits]})
        return
    if not hits:
        click.echo("没有找到。可以换个说法，或放宽年份、单位等条件。")
    for number, hit in enumerate(hits, start=1):
        alike = f"　同一写法 ×{hit.family.size}" if hit.family.size > 1 else ""
        click.echo(f"{number}. [{hit.score:.0f}] {citation(hit.source)}{alike}")
        click.echo(f"   {excerpt(hit.text, hit.passage)}")
        click.echo(f"   段落编号 {hit.paragraph_id}\n")


def excerpt(text: str, passage: tuple[int, int], longest: int = 240) -> str:
    """The best passage of a long paragraph with … where something was left out; short ones whole.

    >>> excerpt("甲" * 4 + "乙" * 4 + "丙" * 4, (4, 8), longest=6)
    '…乙乙乙乙…'
    """
    if len(text) <= longest:
        return text
    start, end = passage
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as `search --json` prints it."""
    value = asdict(hit)
    value.pop("words")
    return value


def citation(source: Source) -> str:
    """《标题》 单位 年份 › 三、… › （二）… 第12段（第3页，文字由识别得到）."""
    parts = [f"《{source.title}》", source.unit or "", str(source.year) if source.year else ""]
    headings = [heading for heading in source.heading_path if heading != source.title]
    place = "".join(f" › {heading}" for heading in headings)
    where = [source.place or (f"第{source.page}页" if source.page else "")]
    if source.recognised:
        where.append("文字由识别得到")
    beside = "，".join(part for part in where if part)
    return (
        f"{' '.join(part for part in parts if part)}{place} 第{source.paragraph}段"
        f"{f'（{beside}）' if beside else ''}"
    )


def paragraph_json(paragraph: StoredParagraph) -> dict[str, Any]:
    return {
        "paragraph_id": paragraph.id,
        "text": paragraph.text,
        "source": asdict(paragraph.source),
    }
