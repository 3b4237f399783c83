"""What the library is asked: search, similar, topics."""

from __future__ import annotations

import time
from typing import Any

import click

from index.cli.command import cli, opened
from index.cli.options import TEXT, filter_options, json_option
from index.cli.printing import citation, paragraph_json, print_hits, print_json
from index.cli.wrong_use import DONE
from index.datatypes import Filters
from index.settings import Settings


@cli.command()
@click.argument("text")
@filter_options
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "semantic", "keyword"]),
    default="hybrid",
    help="按意思和词语（hybrid）、只按意思（semantic）或只按词语（keyword）。",
)
@click.option(
    "--no-families",
    is_flag=True,
    help="同一写法的段落分开列出，只按分数排，不管是不是出自同一份资料。",
)
@json_option
@click.pass_obj
def search(
    settings: Settings,
    text: str,
    k: int,
    year: tuple[int, int] | None,
    unit: str | None,
    kind: str | None,
    topic: str | None,
    mode: Any,
    no_families: bool,
    as_json: bool,
) -> int:
    """查找与一个词、一句话或一段文字有关的段落。"""
    from index import retrieval

    filters = Filters(year=year, unit=unit, kind=kind, topic=topic)
    with opened(settings) as library:
        start = time.perf_counter()
        hits = retrieval.search(library, text, k, mode, filters, not no_families)
        took = 1000 * (time.perf_counter() - start)
        print_hits({"query": text, "mode": mode}, hits, took, as_json)
    return DONE


@cli.command()
@click.argument("paragraph_id", metavar="ID", type=int)
@filter_options
@click.option("--no-families", is_flag=True, help="同一写法的段落分开列出。")
@json_option
@click.pass_obj
def similar(
    settings: Settings,
    paragraph_id: int,
    k: int,
    year: tuple[int, int] | None,
    unit: str | None,
    kind: str | None,
    topic: str | None,
    no_families: bool,
    as_json: bool,
) -> int:
    """查找与资料库里某一段（段落编号）相似的段落。"""
    from index import retrieval

    filters = Filters(year=year, unit=unit, kind=kind, topic=topic)
    with opened(settings) as library:
        start = time.perf_counter()
        hits = retrieval.similar(library, paragraph_id, k, filters, not no_families)
        took = 1000 * (time.perf_counter() - start)
        print_hits({"paragraph_id": paragraph_id}, hits, took, as_json)
    return DONE


@cli.command()
@click.argument("topic", required=False, type=TEXT)
@click.option("-k", "k", type=click.IntRange(1), default=20, help="列出的段落数。")
@json_option
@click.pass_obj
def topics(settings: Settings, topic: str | None, k: int, as_json: bool) -> int:
    """各专题有多少段；给出专题名则列出它的段落。"""
    from index.topics import TopicIndex

    with opened(settings) as library:
        index = TopicIndex.of(library)
        if topic is None:
            counts = index.counts()
            rows = [
                {"name": t.name, "description": t.description, "paragraphs": counts[t.name]}
                for t in index.taxonomy.topics
            ]
            if as_json:
                print_json({"topics": rows})
            else:
                for row in rows:
                    click.echo(f"{row['paragraphs']:>6}  {row['name']}")
            return DONE
        ids = index.paragraph_ids(topic)
        found = library.paragraphs_by_id(ids[:k].tolist())
        paragraphs = [found[id_] for id_ in ids[:k].tolist() if id_ in found]
    if as_json:
        rows = [paragraph_json(paragraph) for paragraph in paragraphs]
        print_json({"topic": topic, "total": len(ids), "paragraphs": rows})
    else:
        click.echo(f"{topic}：共 {len(ids)} 段")
        for paragraph in paragraphs:
            click.echo(f"\n{citation(paragraph.source)}\n   {paragraph.text}")
    return DONE
