"""What does it cost? Speed, memory and disk of this machine, measured in one run.

    python scripts/bench.py                               the sample in corpus/
    python scripts/bench.py --folder ../shared/library    any folder of documents
    python scripts/bench.py --only query,disk             some of the parts
    python scripts/bench.py --output bench.json           the figures for a program as well
    python scripts/bench.py --only reuse --big FILE       re-use in half a million paragraphs
    python scripts/bench.py --big FILE --big-library DIR  everything, there as well
    python scripts/bench.py … --output FILE --publish     and into README and docs/performance.md
    python scripts/bench.py --figures FILE --publish      figures of an earlier run into them
    python scripts/bench.py --only together --searches 10000 --check      does the server leak?

Parts, a module of benchmarks/ each: build (read the folder into a new library, then once more with
nothing to do), reading (reading and splitting alone), encode (passages a second through the product
and through plain sentence-transformers), query (end to end in a warm process, with and without
filters; recall of the vector store), start (a new process up to its first answer), page (start.py
up to the page's first results), changes (one report added until it is found, and removed), together
(16 people at one server, and its memory), disk, reuse (a draft of 5,000 characters against the
library; the library against itself, and the same by datasketch's MinHashLSH where that is
installed; with --big fingerprints of the documents of that file), growth (with --big: the main
figures at 5,000 and 50,000 paragraphs and of the large library, and what they lead to).

--big-library names a library of the folder and of the documents of --big. It is built by the
product where it is missing, which takes hours for half a million paragraphs; an interrupted build
goes on. Without --big a library that is there is taken as it is. What depends on the library
(LARGE) is then measured there as well, and whole reviews.

Figures in --output are written after each part. Those of other parts stay in it where machine,
versions and libraries are the same, so that a long run can be made in pieces.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "scripts"))  # at the end: test.py must not hide Python's own `test`

from benchmarks import (  # noqa: E402
    build,
    changes,
    disk,
    encode,
    first_page,
    growth,
    page,
    query,
    reading,
    reuse,
    start,
    together,
)
from benchmarks.asked import Asked, made_of, tell  # noqa: E402
from benchmarks.figures import Figures, Row, duration, size, table  # noqa: E402
from benchmarks.machine import machine, versions  # noqa: E402
from benchmarks.processes import run  # noqa: E402
from benchmarks.published import fill  # noqa: E402
from benchmarks.required import unmet  # noqa: E402

MODULES: dict[str, ModuleType] = {
    "build": build,
    "reading": reading,
    "encode": encode,
    "query": query,
    "start": start,
    "page": page,
    "changes": changes,
    "together": together,
    "disk": disk,
    "reuse": reuse,
    "growth": growth,
}
PARTS = tuple(MODULES)
LARGE = ("query", "start", "page", "changes", "together", "disk", "reuse")
"""Parts that are measured on the large library too; of re-use, whole reviews."""
FEW_SEARCHES = 1_000
"""Of several people at the small library, where the large one is asked as often as is wanted."""
README, README_CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PERFORMANCE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "growth.svg"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="在这台机器上测量寻章的速度、内存和磁盘占用。")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "corpus" / "documents", help="用来测量的文档文件夹。"
    )
    parser.add_argument(
        "--work", type=Path, help="资料库建在这里并保留，下次直接使用；不写则用完即删。"
    )
    parser.add_argument(
        "--only", type=parts, default=PARTS, help=f"只测其中几项，用逗号隔开：{','.join(PARTS)}。"
    )
    parser.add_argument("--texts", type=int, default=400, help="编码测量用的句段数，默认 400。")
    parser.add_argument("--queries", type=int, default=300, help="查询次数，默认 300。")
    parser.add_argument("--rounds", type=int, default=5, help="编码和启动测几轮，默认 5。")
    parser.add_argument("--people", type=int, default=16, help="几个人同时查询，默认 16。")
    parser.add_argument("--searches", type=int, default=1_000, help="同时查询的总次数，默认 1000。")
    parser.add_argument(
        "--big", type=Path, metavar="文件", help="再用这个 .jsonl(.gz) 文件测量五十万段的比对。"
    )
    parser.add_argument(
        "--big-library",
        type=Path,
        metavar="文件夹",
        help="--folder 和 --big 合起来的大资料库；没有就建立，没建完就接着建，然后也在它上面测量。",
    )
    parser.add_argument("--json", action="store_true", help="在屏幕上输出 JSON，不输出表格。")
    parser.add_argument("--output", type=Path, metavar="文件", help="把 JSON 也写到这个文件。")
    parser.add_argument(
        "--figures", type=Path, metavar="文件", help="不测量，用以前 --output 写下的数字。"
    )
    parser.add_argument(
        "--publish", action="store_true", help="把数字填进 README 和 docs/performance.md。"
    )
    parser.add_argument(
        "--check", action="store_true", help="有数字达不到要求时，返回值为 1（例如内存泄漏）。"
    )
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def parts(text: str) -> tuple[str, ...]:
    """
    >>> parts("disk, query")
    ('query', 'disk')
    """
    asked = {part.strip() for part in text.split(",") if part.strip()}
    if not asked or asked - set(PARTS):
        raise argparse.ArgumentTypeError(f"“{text}”里有不认识的项，可用的有：{'、'.join(PARTS)}。")
    return tuple(part for part in PARTS if part in asked)


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    if options.worker:
        run(options.worker, sys.stdin, sys.stdout)
        return 0
    if options.figures is not None:
        figures: Figures = json.loads(options.figures.read_text(encoding="utf-8"))
    else:
        needed = [options.folder, options.big]
        if options.big is None and options.big_library is not None:
            needed.append(options.big_library / "catalogue.sqlite")
        missing = [path for path in needed if path and not path.exists()]
        if missing:
            tell(f"找不到 {missing[0].absolute()}。")
            return 2
        with working_folder(options.work) as work:
            figures = measure(options.only, asked(options, work), options.output)
    if options.publish:
        publish(figures)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if options.json else report(figures))
    return int(options.check and bool(unmet(figures)))


@contextmanager
def working_folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="xunzhang-bench-") as folder:
        yield Path(folder)


def asked(options: argparse.Namespace, work: Path) -> Asked:
    return Asked(
        folder=options.folder.absolute(),
        work=work,
        texts=options.texts,
        queries=options.queries,
        rounds=options.rounds,
        big=options.big and options.big.absolute(),
        big_library=options.big_library and options.big_library.absolute(),
        people=options.people,
        searches=options.searches,
    )


# --- figures ---------------------------------------------------------------------------------


def measure(only: Sequence[str], asked: Asked, output: Path | None) -> Figures:
    """Figures of the parts `only`, beside those of other parts that `output` already holds."""
    library = asked.work / made_of(asked.folder, "library")
    measured: Figures = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "folder": asked.folder.name,
    }
    # the other parts need a library, whether building is asked for or not
    built = build.measure(library, asked)
    measured["library"] = build.contents(library)
    large: Figures = {}
    if asked.big_library is not None:
        large["build"] = built_large(asked.big_library, asked)
        large["library"] = build.contents(asked.big_library)
        measured["big"] = large
    figures = kept(output, measured)
    if (
        built["first"]["files"] or "build" not in figures
    ):  # a library kept from before costs nothing
        figures["build"] = built
    write(figures, output)
    for part in PARTS:
        if part in only and part != "build":
            figures[part] = MODULES[part].measure(library, on_small(asked))
            write(figures, output)
    for part in LARGE:
        if part in only and asked.big_library is not None:
            on = reuse.reviews if part == "reuse" else None
            figures["big"][part] = (
                on(asked.big_library) if on else MODULES[part].measure(asked.big_library, asked)
            )
            write(figures, output)
    return figures


def on_small(asked: Asked) -> Asked:
    """Where the large library is measured as well, the thousands of searches are asked there."""
    if asked.big_library is None:
        return asked
    return replace(asked, searches=min(asked.searches, FEW_SEARCHES))


def built_large(library: Path, asked: Asked) -> Figures:
    """What building the large library cost, now or before; without --big it is taken as it is."""
    if asked.big is not None:
        return build.kept(library, [asked.folder, asked.big])
    return build.built(build.note_of(library)) or {}


def kept(output: Path | None, measured: Figures) -> Figures:
    """`measured` over what was written before, where that was measured here and on the same."""
    if output is None or not output.is_file():
        return measured
    before: Figures = json.loads(output.read_text(encoding="utf-8"))
    same = all(before.get(name) == measured[name] for name in ("machine", "versions", "library"))
    if not same:
        tell(f"{output} 里是另一台机器、另一个版本或另一个资料库的数字，不再保留。")
        return measured
    large, now = before.get("big"), measured.get("big")
    if large and now:
        of_same = large["library"] == now["library"]
        now = (large | now) if of_same else now
        if of_same and not now["build"]:
            now["build"] = large["build"]
        return before | measured | {"big": now}
    return before | measured


def write(figures: Figures, output: Path | None) -> None:
    if output is not None:
        private = output.with_name(output.name + ".new")
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        private.write_text(text + "\n", encoding="utf-8")
        private.replace(output)


# --- figures -> tables -----------------------------------------------------------------------


def head(figures: Figures) -> Iterator[Row]:
    where = figures["machine"]
    memory = f", {size(where['memory_bytes'])} of memory" if where.get("memory_bytes") else ""
    yield Row(
        "measured on",
        f"{where['processor']}, {where['cores']} cores{memory}, {where['system']}",
    )
    told = ", ".join(f"{name} {number}" for name, number in figures["versions"].items())
    yield Row("with", f"{told}; {figures['date']}")


def of_library(held: Figures, name: str) -> Iterator[Row]:
    yield Row(
        f"library of {name}",
        f"{held['documents']:,} documents, {held['paragraphs']:,} paragraphs, "
        f"{held['passages']:,} passages, {held['characters']:,} characters",
    )


def rows(figures: Figures) -> Iterator[Row]:
    """The lines of the first table, in the order of the parts."""
    yield from head(figures)
    yield from of_library(figures["library"], f"`{figures['folder']}`")
    yield Row("encoder", figures["library"]["encoder"])
    for part in PARTS:
        if part in figures and part != "growth":
            yield from MODULES[part].rows(figures[part])


def large_rows(figures: Figures) -> Iterator[Row]:
    """The lines about the large library."""
    large = figures["big"]
    yield from of_library(large["library"], "all documents")
    if large["build"].get("finished"):
        spent = large["build"]
        yield Row(
            "reading it in",
            f"{duration(spent['seconds'])}, {duration(spent['processor_seconds'])} of the "
            f"processor, in {spent['runs']} runs",
        )
    for part in LARGE:
        if part in large:
            told = reuse.review_rows if part == "reuse" else MODULES[part].rows
            yield from told(large[part])


def sections(figures: Figures) -> Iterator[tuple[str, list[Row]]]:
    """(heading, lines) of each table."""
    yield "A library of reports", list(rows(figures))
    if "big" in figures:
        count = figures["big"]["library"]["paragraphs"]
        yield f"A library of {count:,} paragraphs", list(large_rows(figures))
    if figures.get("growth", {}).get("points"):
        yield "How it grows", list(growth.rows(figures["growth"]))


def report(figures: Figures, picture: str = "") -> str:
    """All tables, the picture, and what falls short of what is required."""
    told = [f"## {heading}\n\n{table(lines)}" for heading, lines in sections(figures)]
    if picture:
        told.append(picture)
    if missed := unmet(figures):
        told.append("## Not reached\n\n" + "\n".join(f"- {sentence}" for sentence in missed))
    return "\n\n".join(told)


def publish(figures: Figures) -> None:
    """Into README and docs/performance.md, with the picture of how it grows."""
    fill(README, "bench", first_page.page(figures))
    fill(README_CHINESE, "bench", first_page.page(figures, chinese=True))
    where = figures["machine"]
    picture = ""
    title = f"{where['processor']}, {where['cores']} cores, {figures['date']}"
    if drawn := growth.picture(figures.get("growth", {"points": []}), title):
        PICTURE.write_text(drawn, encoding="utf-8")
        picture = f"![Time, memory and disk by the size of the library]({PICTURE.name})"
    fill(PERFORMANCE, "performance", report(figures, picture))


if __name__ == "__main__":
    # runs from a plain checkout as well; this folder's test.py must not hide Python's own `test`
    sys.path[0] = str(ROOT)
    sys.exit(main())
