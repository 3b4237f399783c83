"""The command `xunzhang`: everything the page can do, for scripts.

Results go to stdout, progress and messages to stderr. With --json a command prints one object.
Exit codes: 0 done; 1 done, but some files could not be read or some damage was found; 2 wrong use;
3 the library cannot be used.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.datatypes import Filters, Metadata, Progress, StoredParagraph
from index.errors import (
    LibraryError,
    LibraryNotFound,
    QueryError,
    SettingsError,
    TopicError,
    UnknownDocument,
    UnknownParagraph,
)
from index.settings import Settings

if TYPE_CHECKING:
    from index.datatypes import Hit, SyncResult
    from index.library import Library

DONE, PARTLY, WRONG_USE, UNUSABLE = 0, 1, 2, 3

# What the person typed is wrong, not the library.
_WRONG_USE = (QueryError, TopicError, UnknownParagraph, UnknownDocument, SettingsError)


class _Chinese(click.Group):
    """A group whose messages about wrong use are Chinese sentences."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "")
            return DONE
        except click.UsageError as error:
            click.echo(f"用法不对：{_sentence(error)}", err=True)
            if error.ctx is not None:
                click.echo(f"运行 {error.ctx.command_path} --help 查看用法。", err=True)
            return WRONG_USE
        except click.Abort:
            click.echo("已中断。已经读入和编码的内容都保留着，再运行一次会接着做。", err=True)
            return 130
        except _WRONG_USE as error:
            click.echo(str(error), err=True)
            return WRONG_USE
        except LibraryError as error:
            click.echo(str(error), err=True)
            return UNUSABLE


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "。"
        return f"没有 {error.option_name} 这个选项{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}。"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} 的值不能用：{_expected(error)}"
    if error.message.startswith("No such command"):
        commands = error.ctx.command.list_commands(error.ctx) if error.ctx else []  # type: ignore[attr-defined]
        return f"没有这个命令，可用的有：{'、'.join(commands)}。"
    if error.message.startswith("Missing command"):
        return "缺少命令，例如 search。"
    if "unexpected extra argument" in error.message:
        return "多出了一些字；要找的话里有空格时，请用引号把整句括起来。"
    return error.message


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return ""
    names = [name for name in error.param.opts if name.startswith("-")]
    return names[-1] if names else error.param.human_readable_name


def _expected(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        bounds = f"{kind.min} 到 {kind.max}" if kind.max is not None else f"{kind.min} 以上"
        return f"应是 {bounds} 的整数。"
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}。"
    if isinstance(kind, click.Path):
        return "这是一个文件夹，请写一个文件名。"
    return error.message


class _Text(click.ParamType[str]):
    """Any text; bytes that are none (of another encoding) become ？, so they match nothing."""

    name = "TEXT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        return str(value).encode("utf-8", "replace").decode()


_TEXT = _Text()


class _Years(click.ParamType[tuple[int, int]]):
    """2023, or 2021-2023."""

    name = "YEAR"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{4})(?:\s*[-–—~至]\s*(\d{4}))?", str(value).strip())
        if not match:
            self.fail(f"“{value}”不是年份，请写成 2023 或 2021-2023。", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            self.fail(f"“{value}”的起始年份晚于结束年份。", param, ctx)
        return first, last


@click.group(
    cls=_Chinese,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--library", "folder", type=click.Path(path_type=Path), help="资料库所在的文件夹。")
@click.version_option(package_name="xunzhang", prog_name="xunzhang", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """寻章：按意思查找以往的工作总结，每一段都注明出处。"""
    settings = Settings.load()
    context.obj = replace(settings, library=folder) if folder else settings


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON。")(command)


@contextmanager
def _opened(settings: Settings, *, create: bool = False) -> Iterator[Library]:
    from index.library import Library

    try:
        library = Library.open(settings.library, settings=settings)
    except LibraryNotFound:
        if not create:
            raise
        library = Library.create(settings.library, settings=settings)
    with library:
        yield library


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr, or a line every few seconds where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    stages = {"reading": "读文件", "encoding": "编码段落", "publishing": "更新索引"}
    console = Console(stderr=True)
    if not console.is_terminal:
        last = 0.0

        def line(report: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= 5 or report.done == report.total:
                last = now
                click.echo(
                    f"{stages[report.stage]} {report.done}/{report.total}{_pace(report)}", err=True
                )

        yield line
        return
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        console=console,
        transient=True,
    )
    with bars:
        tasks: dict[str, Any] = {}

        def bar(report: Progress) -> None:
            if report.stage not in tasks:
                tasks[report.stage] = bars.add_task(stages[report.stage], pace="")
            bars.update(
                tasks[report.stage],
                completed=report.done,
                total=report.total,
                pace=_pace(report),
            )

        yield bar


def _pace(report: Progress) -> str:
    """
    >>> _pace(Progress("encoding", 10, 100, rate=45.0, seconds_left=125))
    '，每秒 45，还需约 2 分 5 秒'
    """
    text = f"，每秒 {report.rate:.0f}" if report.rate else ""
    if report.seconds_left is not None and report.done < report.total:
        minutes, seconds = divmod(round(report.seconds_left), 60)
        text += f"，还需约 {f'{minutes} 分 ' if minutes else ''}{seconds} 秒"
    return text


@cli.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--unit", type=_TEXT, help="这些文件的单位。")
@click.option("--year", type=click.IntRange(1900, 2100), help="这些文件的年份。")
@click.option("--kind", type=_TEXT, help="这些文件的文种，如 党建工作总结。")
@click.option(
    "--accept-sensitive",
    is_flag=True,
    help="有密级标志、身份证号、手机号、银行卡号的文件也读入，不再等待确认。",
)
@_json_option
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
    with _opened(settings, create=True) as library, _progress() as report:
        result = library.sync(list(paths), given=given, progress=report)
        if accept_sensitive and result.held:
            result = _together(result, library.accept([one.path for one in result.held]))
        if result.added or result.updated or result.removed:
            TopicIndex.of(library).counts()
    if as_json:
        _print_json(asdict(result))
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
@_json_option
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
    with _opened(settings) as library:
        removed = library.remove(wanted)
    if as_json:
        _print_json({"removed": [asdict(entry) for entry in removed]})
    else:
        for entry in removed:
            click.echo(f"已移除《{entry.title}》（{entry.path}）")
    return DONE


@cli.command()
@click.argument("ids", metavar="ID…", nargs=-1, required=True, type=int)
@click.option("--title", type=_TEXT, help="标题。")
@click.option("--unit", type=_TEXT, help="单位。")
@click.option("--year", type=click.IntRange(1900, 2100), help="年份。")
@click.option("--kind", type=_TEXT, help="文种，如 党建工作总结。")
@click.option("--period", type=_TEXT, help="时期，如 上半年。")
@click.option("--reset", is_flag=True, help="改过的都不要了，恢复自动识别的内容。")
@_json_option
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
    with _opened(settings) as library:
        waiting = library.mend(ids, None if reset else told)
        mended = [library.document(id_) for id_ in dict.fromkeys(ids)]
    if as_json:
        _print_json(
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
@_json_option
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
    with _opened(settings, create=not (stop or listed)) as library:
        for path in paths:
            library.watch(path, not stop)
        folders = library.watched()
        if listed or stop:
            if as_json:
                _print_json({"watched": [str(folder) for folder in folders]})
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


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--topic", type=_TEXT, help="只要某个专题的段落，如 廉政教育。"),
        click.option("--kind", type=_TEXT, help="只要某个文种。"),
        click.option("--unit", type=_TEXT, help="只要某个单位。"),
        click.option("--year", type=_Years(), help="只要某年或某几年，如 2021-2023。"),
        click.option("-k", "k", type=click.IntRange(1, 1000), default=10, help="结果条数。"),
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("text")
@_filter_options
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "semantic", "keyword"]),
    default="hybrid",
    help="按意思和词语（hybrid）、只按意思（semantic）或只按词语（keyword）。",
)
@click.option("--no-families", is_flag=True, help="同一写法的段落分开列出。")
@_json_option
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
    with _opened(settings) as library:
        start = time.perf_counter()
        hits = retrieval.search(library, text, k, mode, filters, not no_families)
        took = 1000 * (time.perf_counter() - start)
        _print_hits(library, {"query": text, "mode": mode}, hits, took, as_json)
    return DONE


@cli.command()
@click.argument("paragraph_id", metavar="ID", type=int)
@_filter_options
@click.option("--no-families", is_flag=True, help="同一写法的段落分开列出。")
@_json_option
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
    with _opened(settings) as library:
        start = time.perf_counter()
        hits = retrieval.similar(library, paragraph_id, k, filters, not no_families)
        took = 1000 * (time.perf_counter() - start)
        _print_hits(library, {"paragraph_id": paragraph_id}, hits, took, as_json)
    return DONE


def _print_hits(
    library: Library, head: dict[str, Any], hits: Sequence[Hit], took: float, as_json: bool
) -> None:
    if as_json:
        _print_json({**head, "took_ms": round(took, 1), "hits": [hit_json(hit) for hit in hits]})
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


def citation(source: Any) -> str:
    """《标题》 单位 年份 › 三、… › （二）… 第12段."""
    parts = [f"《{source.title}》", source.unit or "", str(source.year) if source.year else ""]
    headings = [heading for heading in source.heading_path if heading != source.title]
    place = "".join(f" › {heading}" for heading in headings)
    return f"{' '.join(part for part in parts if part)}{place} 第{source.paragraph}段"


@cli.command()
@click.argument("topic", required=False, type=_TEXT)
@click.option("-k", "k", type=click.IntRange(1), default=20, help="列出的段落数。")
@_json_option
@click.pass_obj
def topics(settings: Settings, topic: str | None, k: int, as_json: bool) -> int:
    """各专题有多少段；给出专题名则列出它的段落。"""
    from index.topics import TopicIndex

    with _opened(settings) as library:
        index = TopicIndex.of(library)
        if topic is None:
            counts = index.counts()
            rows = [
                {"name": t.name, "description": t.description, "paragraphs": counts[t.name]}
                for t in index.taxonomy.topics
            ]
            if as_json:
                _print_json({"topics": rows})
            else:
                for row in rows:
                    click.echo(f"{row['paragraphs']:>6}  {row['name']}")
            return DONE
        ids = index.paragraph_ids(topic)
        found = library.paragraphs_by_id(ids[:k].tolist())
        paragraphs = [found[id_] for id_ in ids[:k].tolist() if id_ in found]
    if as_json:
        rows = [_paragraph_json(paragraph) for paragraph in paragraphs]
        _print_json({"topic": topic, "total": len(ids), "paragraphs": rows})
    else:
        click.echo(f"{topic}：共 {len(ids)} 段")
        for paragraph in paragraphs:
            click.echo(f"\n{citation(paragraph.source)}\n   {paragraph.text}")
    return DONE


def _paragraph_json(paragraph: StoredParagraph) -> dict[str, Any]:
    return {
        "paragraph_id": paragraph.id,
        "text": paragraph.text,
        "source": asdict(paragraph.source),
    }


@cli.command()
@_json_option
@click.pass_obj
def status(settings: Settings, as_json: bool) -> int:
    """资料库里有什么、占多少空间、哪些文件没有读入。"""
    with _opened(settings) as library:
        value = library.status()
        failures = library.failures()
        partly_read = library.partly_read()
        held = library.held()
        files = library.files()
    if as_json:
        _print_json(
            {
                "library": str(settings.library.absolute()),
                **asdict(value),
                "failures": [asdict(failure) for failure in failures],
                "partly_read": [asdict(partial) for partial in partly_read],
                "held": [asdict(one) for one in held],
                "queue": [file.path for file in files if file.state == "queued"],
                "files": [asdict(file) for file in files],
            }
        )
        return DONE
    click.echo(f"资料库　{settings.library.absolute()}")
    click.echo(
        f"文档 {value.documents} 篇，段落 {value.paragraphs} 段，"
        f"句段 {value.passages} 条，共 {value.characters} 字"
    )
    click.echo(f"模型　　{value.encoder}")
    total = sum(value.bytes.values())
    click.echo(f"占用　　{total / 1e6:.1f} MB")
    for part, size in value.bytes.items():
        click.echo(f"　　　　{part} {size / 1e6:.1f} MB")
    for failure in failures:
        click.echo(f"没有读入 {failure.path}：{failure.reason}")
    for partial in partly_read:
        click.echo(f"没有读全 {partial.path}：{partial.reason}")
    for one in held:
        click.echo(f"等待确认 {one.path}：{one.reason}")
    waiting = sum(file.state == "queued" for file in files)
    if waiting:
        click.echo(f"还有 {waiting} 个文件等待读入")
    return DONE


@cli.command()
@click.argument("ids", metavar="[ID…]", nargs=-1, type=int)
@click.option("--count", is_flag=True, help="这些文档查找时也算。")
@click.option("--once", is_flag=True, help="这些文档查找时不算，同样的内容只算一份。")
@_json_option
@click.pass_obj
def same(settings: Settings, ids: tuple[int, ...], count: bool, once: bool, as_json: bool) -> int:
    """列出内容重复的文档；给出编号则改变它们算不算。"""
    if bool(ids) != (count or once) or (count and once):
        raise QueryError("请写成 same 列出重复的文档，或 same 编号 --count、same 编号 --once。")
    with _opened(settings) as library:
        for id_ in ids:
            library.count(id_, count)
        known = library.documents()
    repeated = [(entry, entry.twin) for entry in known if entry.twin is not None]
    if as_json:
        _print_json({"same": [asdict(entry) for entry, _ in repeated]})
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


@cli.command()
@_json_option
@click.pass_obj
def verify(settings: Settings, as_json: bool) -> int:
    """检查资料库是否完好。"""
    with _opened(settings) as library:
        problems = library.verify()
    if as_json:
        _print_json({"problems": [asdict(problem) for problem in problems]})
    elif not problems:
        click.echo("资料库完好。")
    else:
        for problem in problems:
            click.echo(problem.message)
        if any(problem.mends for problem in problems):
            click.echo("运行 xunzhang rebuild 可以修复。", err=True)
    return PARTLY if problems else DONE


@cli.command()
@click.option("--reencode", is_flag=True, help="用现在的模型重新编码全部段落。")
@_json_option
@click.pass_obj
def rebuild(settings: Settings, reencode: bool, as_json: bool) -> int:
    """重做索引；已有的编码会沿用。"""
    with _opened(settings) as library, _progress() as report:
        library.rebuild(reencode=reencode, progress=report)
        problems = library.verify()
    if as_json:
        _print_json({"problems": [asdict(problem) for problem in problems]})
    else:
        click.echo("已重做，资料库完好。" if not problems else problems[0].message)
    return PARTLY if problems else DONE


@cli.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到这个文件；不写则输出到屏幕。",
)
@click.pass_obj
def export(settings: Settings, output: Path | None) -> int:
    """把全部文档导出为 .jsonl，一行一篇，可以再导入。"""
    with _opened(settings) as library:
        lines = (_document_json(library, entry) for entry in library.documents())
        if output is None:
            for line in lines:
                click.echo(line)
        else:
            unfinished = output.with_name(f"{output.name}.part")
            try:
                with unfinished.open("w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in lines)
                unfinished.replace(output)  # whole or not at all
            except OSError as error:
                raise QueryError(
                    f"不能写入 {output}（{error.strerror}），请换一个可以写入的位置。"
                ) from error
    return DONE


def _document_json(library: Library, entry: Any) -> str:
    value = {
        "id": entry.external_id or str(entry.id),
        "title": entry.title,
        "paragraphs": [paragraph.text for paragraph in library.paragraphs(entry.id)],
        "year": entry.year,
        "unit": entry.unit,
        "kind": entry.kind,
        "path": entry.path,
    }
    return json.dumps(value, ensure_ascii=False)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 8501。")
@click.option("--no-browser", is_flag=True, help="不自动打开浏览器。")
@click.pass_obj
def serve(settings: Settings, port: int | None, no_browser: bool) -> int:
    """打开网页（只在本机 127.0.0.1 可用）。"""
    import os
    import subprocess

    import index

    app = Path(index.__file__).resolve().parent.parent / "app.py"
    if not app.is_file():
        raise SettingsError(f"找不到网页程序 {app}，请在寻章的文件夹里运行。")
    # the page runs in another folder: what holds here goes along, paths made absolute
    model = Path(settings.model)
    shown = replace(
        settings,
        library=settings.library.absolute(),
        data_folder=settings.data_folder.absolute(),
        model=str(model.absolute()) if model.exists() else settings.model,
    )
    environ = {**os.environ, **{f"XUNZHANG_{k.upper()}": str(v) for k, v in asdict(shown).items()}}
    command = [
        sys.executable,
        *("-m", "streamlit", "run", str(app)),
        f"--server.port={port or settings.port}",
        f"--server.headless={'true' if no_browser else 'false'}",
    ]
    # run where .streamlit/config.toml lies: Streamlit looks for it in the working folder
    return subprocess.call(command, env=environ, cwd=app.parent)


def main() -> None:
    """Entry point of the command; exits with the codes named above."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may not be UTF-8
            reconfigure(encoding="utf-8", errors="replace")
    sys.exit(cli.main(prog_name="xunzhang"))


if __name__ == "__main__":
    main()
