"""What is in the library: add, remove, mend, same, watch."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import click

from index.cli.command import cli, opened, progress_shown
from index.cli.options import TEXT, json_option
from index.cli.printing import print_json
from index.cli.wrong_use import DONE, PARTLY
from index.datatypes import Metadata, SyncResult
from index.errors import QueryError
from index.settings import Settings


@cli.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--unit", type=TEXT, help="这些文件的单位。")
@click.option("--year", type=click.IntRange(1900, 2100), help="这些文件的年份。")
@click.option("--kind", type=TEXT, help="这些文件的文种，如 党建工作总结。")
@click.option(
    "--accept-sensitive",
    is_flag=True,
    help="有密级标志、身份证号、手机号、银行卡号的文件也读入，不再等待确认。",
)
@json_option
@click.pass_obj
def add(
    settings: Settings,
    paths: tuple[Path, ...],
    unit: str | None,
    year: int | None,
    kind: str | None,
    accept_sensitive: bool,
    as_json: bool,
) -> int:
    """添加或更新文件、文件夹、.jsonl；没有变化的不会重做。"""
    from index.topics import TopicIndex

    missing = [path for path in paths if not path.exists()]
    if missing:
        raise QueryError(f"找不到 {missing[0]}，请检查路径是否写对。")
    given = Metadata(unit=unit, year=year, kind=kind)
    with opened(settings, create=True) as library, progress_shown() as report:
        result = library.sync(list(paths), given=given, progress=report)
        if accept_sensitive and result.held:
            result = _together(result, library.accept([one.path for one in result.held]))
        TopicIndex.follow(library, result)
        if result.added or result.updated or result.removed:
            library.prints()  # the first review would wait for them
    if as_json:
        print_json(asdict(result))
    else:
        click.echo(
            f"新增 {len(result.added)} 个文件，更新 {len(result.updated)}，"
            f"未变 {len(result.unchanged)}，移除 {len(result.removed)}，"
            f"读不了 {len(result.failed)}；写入 {result.documents} 篇、{result.paragraphs} 段，"
            f"编码 {result.encoded} 条，用时 {result.seconds:.1f} 秒。"
        )
        for failure in result.failed:
            click.echo(f"没有读入 {failure.path}：{failure.reason}", err=True)
        for partial in result.partly_read:
            click.echo(f"没有读全 {partial.path}：{partial.reason}", err=True)
        for sentence in result.twins:
            click.echo(sentence, err=True)
        for one in result.held:
            click.echo(f"等待确认 {one.path}：{one.reason}", err=True)
        if result.held:
            click.echo("确认可以读入的，请用 xunzhang add --accept-sensitive 再添加。", err=True)
    return PARTLY if result.failed or result.held else DONE


def _together(first: SyncResult, then: SyncResult) -> SyncResult:
    """What two syncs did, where the second let in what the first held back."""
    return replace(
        then,
        added=(*first.added, *then.added),
        updated=(*first.updated, *then.updated),
        unchanged=(*first.unchanged, *then.unchanged),
        removed=(*first.removed, *then.removed),
        failed=(*first.failed, *then.failed),
        partly_read=(*first.partly_read, *then.partly_read),
        moved=(*first.moved, *then.moved),
        twins=(*first.twins, *then.twins),
        documents=first.documents + then.documents,
        paragraphs=first.paragraphs + then.paragraphs,
        encoded=first.encoded + then.encoded,
        seconds=first.seconds + then.seconds,
    )


@cli.command()
@click.argument("targets", metavar="PATH|ID…", nargs=-1, required=True)
@json_option
@click.pass_obj
def remove(settings: Settings, targets: tuple[str, ...], as_json: bool) -> int:
    """从资料库移除文件（路径或编号）；原文件不会被删除。"""
    # a folder named 2023 is a folder; document 2023 of a library beside it has its path
    wanted = [
        int(target)
        if re.fullmatch(r"[0-9]{1,18}", target) and not Path(target).exists()
        else target
        for target in targets
    ]
    with opened(settings) as library:
        removed = library.remove(wanted)
    if as_json:
        print_json({"removed": [asdict(entry) for entry in removed]})
    else:
        for entry in removed:
            click.echo(f"已移除《{entry.title}》（{entry.path}）")
    return DONE


@cli.command()
@click.argument("ids", metavar="ID…", nargs=-1, required=True, type=int)
@click.option("--title", type=TEXT, help="标题。")
@click.option("--unit", type=TEXT, help="单位。")
@click.option("--year", type=click.IntRange(1900, 2100), help="年份。")
@click.option("--kind", type=TEXT, help="文种，如 党建工作总结。")
@click.option("--period", type=TEXT, help="时期，如 上半年。")
@click.option("--reset", is_flag=True, help="改过的都不要了，恢复自动识别的内容。")
@json_option
@click.pass_obj
def mend(
    settings: Settings,
    ids: tuple[int, ...],
    title: str | None,
    unit: str | None,
    year: int | None,
    kind: str | None,
    period: str | None,
    reset: bool,
    as_json: bool,
) -> int:
    """改文档的标题、单位、年份、文种、时期；重新读取也不会变回去。"""
    told = Metadata(title=title or "", unit=unit, year=year, kind=kind, period=period)
    if reset == (told != Metadata()):
        raise QueryError(
            "请写明要改的内容，例如 --unit 青禾区水务局；要恢复自动识别的内容，只写 --reset。"
        )
    with opened(settings) as library:
        waiting = library.mend(ids, None if reset else told)
        mended = [library.document(id_) for id_ in dict.fromkeys(ids)]
    if as_json:
        print_json(
            {
                "mended": [asdict(entry) for entry in mended],
                "waiting": [asdict(one) for one in waiting],
            }
        )
    else:
        for entry in mended:
            parts = (entry.unit, entry.year, entry.kind, entry.period)
            known = "，".join(str(part) for part in parts if part is not None)
            click.echo(f"{entry.id}　《{entry.title}》{known}")
        for one in waiting:
            click.echo(f"{one.path}：{one.reason}", err=True)
    return PARTLY if waiting else DONE


@cli.command()
@click.argument("paths", metavar="PATH…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--list", "listed", is_flag=True, help="只列出正在跟踪的文件夹。")
@click.option("--stop", is_flag=True, help="不再跟踪这些文件夹；读入的内容保留。")
@click.option(
    "--every", type=click.IntRange(1, 1440), default=10, help="隔几分钟普遍看一遍，默认 10。"
)
@json_option
@click.pass_obj
def watch(
    settings: Settings,
    paths: tuple[Path, ...],
    listed: bool,
    stop: bool,
    every: int,
    as_json: bool,
) -> int:
    """跟踪文件夹：新增、改动、移动、删除的文件自动跟上，直到按 Ctrl-C。"""
    import threading

    from index import watching

    if stop and not paths:
        raise QueryError("请写明不再跟踪哪个文件夹。")
    missing = [path for path in paths if not stop and not path.is_dir()]
    if missing:
        raise QueryError(f"找不到文件夹 {missing[0]}，请检查路径，或连接它所在的磁盘。")
    with opened(settings, create=not (stop or listed)) as library:
        for path in paths:
            library.watch(path, not stop)
        folders = library.watched()
        if listed or stop:
            if as_json:
                print_json({"watched": [str(folder) for folder in folders]})
            else:
                for folder in folders:
                    click.echo(folder)
            return DONE
        if not folders:
            raise QueryError("还没有要跟踪的文件夹，请写明，例如 xunzhang watch 总结文件夹。")
        click.echo(f"正在跟踪 {'、'.join(map(str, folders))}，按 Ctrl-C 结束。", err=True)
        said: set[tuple[str, str]] = set()

        def tell(result: SyncResult) -> None:
            nonlocal said
            failed = {(one.path, one.reason) for one in (*result.failed, *result.held)}
            changes = (result.added, result.updated, result.moved, result.removed)
            if as_json and (any(changes) or failed - said):
                click.echo(json.dumps(asdict(result), ensure_ascii=False))
            elif not as_json:
                if any(changes):
                    click.echo("新增 {}，更新 {}，移动 {}，移除 {}".format(*map(len, changes)))
                for path, reason in sorted(failed - said):
                    click.echo(f"{path}：{reason}", err=True)
            said = failed

        try:
            watching.watch(library, threading.Event(), tell, again=60.0 * every)
        except KeyboardInterrupt:  # the ordinary end
            click.echo("不再跟踪；下次运行 xunzhang watch 接着来。", err=True)
    return DONE


@cli.command()
@click.argument("ids", metavar="[ID…]", nargs=-1, type=int)
@click.option("--count", is_flag=True, help="这些文档查找时也算。")
@click.option("--once", is_flag=True, help="这些文档查找时不算，同样的内容只算一份。")
@json_option
@click.pass_obj
def same(settings: Settings, ids: tuple[int, ...], count: bool, once: bool, as_json: bool) -> int:
    """列出内容重复的文档；给出编号则改变它们算不算。"""
    if bool(ids) != (count or once) or (count and once):
        raise QueryError("请写成 same 列出重复的文档，或 same 编号 --count、same 编号 --once。")
    with opened(settings) as library:
        for id_ in ids:
            library.count(id_, count)
        known = library.documents()
    repeated = [(entry, entry.twin) for entry in known if entry.twin is not None]
    if as_json:
        print_json({"same": [asdict(entry) for entry, _ in repeated]})
        return DONE
    if not repeated:
        click.echo("没有重复的文档。")
    for entry, twin in repeated:
        relation = {"same_file": "同一个文件", "same_text": "内容相同"}.get(
            twin.relation, f"像是修改稿，{100 * twin.shared:.0f}% 相同"
        )
        counting = "算" if entry.counted else "不算"
        click.echo(
            f"{entry.id}　《{entry.title}》{relation}：{twin.document_id}　《{twin.title}》，"
            f"查找时{counting}（{entry.path}）"
        )
    return DONE
