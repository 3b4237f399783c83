"""How good and how fast is search beside what a department could take instead?

    python scripts/compare.py                            the sample of corpus/, for a trial
    python scripts/compare.py --shared ../shared --output build/comparison.json --publish
                                                         everything, and into the pages
    python scripts/compare.py --figures build/comparison.json --publish
                                                         figures of an earlier run into the pages

Each peer (peers/registry.py) is installed below --work in an environment of its own, from the
pinned packages in peers/packages/, and runs in processes of its own. All get the same passages, and
the peers that need one get the product's own encoder as a sentence-transformers folder. Measured in
one run, by turns:

- building the index in a fresh process, imports included, set by set, beginning with another peer
  in each set;
- answers: each question goes to all, one after the other, in processes that stay open; quality by
  the sets, measures and intervals of evaluate.py;
- seconds of a question: different questions, ten results, from the text to the results in a process
  that has answered before. The last set counts, refinding: the largest, of whole documents.

--output is written after each set, and what stands there can be published.

--keep takes indexes of an earlier run where their passages are the same, with what building them
took then; --limit asks fewer questions of each set (a trial: nothing can be published).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]  # runs from a plain checkout as well

from benchmarks import questions  # noqa: E402
from benchmarks.figures import times  # noqa: E402
from benchmarks.machine import machine, versions  # noqa: E402
from benchmarks.published import fill  # noqa: E402
from peers import eight_bits, tables  # noqa: E402
from peers.environments import python_of, version_of  # noqa: E402
from peers.given import RESULTS  # noqa: E402
from peers.picture import picture  # noqa: E402
from peers.processes import Ask, running  # noqa: E402
from peers.registry import PEERS, PRODUCT, Peer  # noqa: E402
from peers.tasks import DEPTH, NAMES, PASSAGES, Task, tasks  # noqa: E402

from index.embedding import open_encoder  # noqa: E402

COMPARISON = ROOT / "docs" / "comparison.md"
ENCODING = ROOT / "docs" / "encoding.md"
PICTURE = ROOT / "docs" / "comparison.svg"
WARM_UP = 10

Figures = dict[str, Any]
Kind = TypeVar("Kind")


def build(peer: Peer, python: Path, task: Task, given: Figures, *, keep: bool) -> Figures:
    """Seconds, processor seconds, peak memory and bytes on disk of `peer`'s index of `task`."""
    folder = given["folder"]
    note = folder.parent / f"{peer.name}.json"
    passages = hashlib.sha256(task.passages.read_bytes()).hexdigest()
    if keep and note.is_file():
        built: Figures = json.loads(note.read_text(encoding="utf-8"))
        if built["passages"] == passages:
            return built
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    tell(f"{task.name}：{peer.title} 建立索引…")
    with running(peer.name, python) as ask:
        answer = ask("build", **given)
    built = {
        "seconds": answer["seconds"],
        "processor_seconds": answer["processor_seconds"],
        "peak_bytes": answer["peak_bytes"],
        "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "passages": passages,
        "date": date.today().isoformat(),
    }
    note.write_text(json.dumps(built), encoding="utf-8")
    tell(f"  {built['seconds']:.1f} s，处理器 {built['processor_seconds']:.1f} s")
    return built


def answers(task: Task, asks: dict[str, Ask]) -> list[Figures]:
    """Rows of quality: each question goes to all, each time beginning with another one."""
    rankings: dict[str, dict[tuple[str, str], list[int]]] = {name: {} for name in asks}
    for number, (which, query, text) in enumerate(task.queries()):
        for name in rotated(list(asks), number):
            ours = name == PRODUCT.name
            found = asks[name]("search", query=text, count=DEPTH if ours else PASSAGES)["found"]
            rankings[name][which, query] = task.ranked(found, passages=not ours)
    return [
        {"peer": name, **row} for name, ranking in rankings.items() for row in task.rows(ranking)
    ]


def seconds(task: Task, asks: dict[str, Ask], count: int) -> Figures:
    """What a question takes; and the most memory of each process, which has answered all."""
    asked = questions.draw(task.library, count + WARM_UP)
    took: dict[str, list[float]] = {name: [] for name in asks}
    busy: dict[str, list[float]] = {name: [] for name in asks}
    peak: dict[str, int] = {}
    for number, question in enumerate(asked):
        for name in rotated(list(asks), number):
            answer = asks[name]("search", query=question, count=RESULTS)
            took[name].append(1000 * answer["seconds"])
            busy[name].append(1000 * answer["processor_seconds"])
            peak[name] = answer["peak_bytes"]
    return {
        name: {
            **times(took[name][WARM_UP:]),
            "processor_ms": sum(busy[name][WARM_UP:]) / max(1, len(asked) - WARM_UP),
            "peak_bytes": peak[name],
        }
        for name in asks
    }


def measure(options: argparse.Namespace) -> Figures:
    chosen = [peer for peer in PEERS if peer.name in options.peers]
    pythons = {peer.name: python_of(peer, options.work) for peer in chosen}
    model = open_encoder().folder
    if model is None:
        raise SystemExit("当前的模型没有文件夹，无法交给别的工具使用。请改用自带的模型。")
    figures: Figures = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "peers": {peer.name: version_of(peer) for peer in chosen},
        "encoder": open_encoder().name,
        "trial": options.limit is not None,
        "tasks": {},
        "quality": [],
        "seconds": {},
        "eight_bits": [],
    }
    found = tasks(options.sets, options.shared, options.evaluation, options.work, options.limit)
    for number, task in enumerate(found):
        given = {
            peer.name: {
                "passages": task.passages,
                "documents": task.documents,
                "folder": options.work / task.name / peer.name,
                "model": model,
            }
            for peer in chosen
        }
        built = {
            peer.name: build(peer, pythons[peer.name], task, given[peer.name], keep=options.keep)
            for peer in rotated(chosen, number)
        }
        figures["tasks"][task.name] = {"passages": len(task.paragraphs), "built": built}
        with ExitStack() as stack:
            asks = {
                peer.name: stack.enter_context(running(peer.name, pythons[peer.name]))
                for peer in chosen
            }
            for name, ask in asks.items():
                # judgements name paragraphs of the library that evaluate.py searches
                ours = {"folder": task.library.parent} if name == PRODUCT.name else {}
                ask("open", **{**given[name], **ours})
            tell(f"{task.name}：提问…")
            figures["quality"] += answers(task, asks)
            figures["seconds"] = {  # of the last set that was measured: a run may be cut short
                "task": task.name,
                "peers": seconds(task, asks, options.limit or options.queries),
            }
        if "faiss" in given:
            tell(f"{task.name}：八位和浮点的向量…")
            figures["eight_bits"] += eight_bits.cost(task, given["faiss"]["folder"] / "index.faiss")
        if options.output:
            options.output.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    return figures


def rotated(ones: Sequence[Kind], by: int) -> list[Kind]:
    """
    >>> rotated("abc", 4)
    ['b', 'c', 'a']
    """
    start = by % len(ones)
    return [*ones[start:], *ones[:start]]


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def publish(figures: Figures) -> None:
    """Into docs/comparison.md with its picture, docs/encoding.md, and the first pages."""
    fill(COMPARISON, "comparison", tables.whole(figures))
    if figures.get("eight_bits"):  # not where the peer with float32 was left out
        fill(ENCODING, "eight bits", tables.eight_bits(figures))
    PICTURE.write_text(picture(figures), encoding="utf-8")
    fill(ROOT / "README.md", "comparison", tables.front(figures))
    fill(ROOT / "README.zh-CN.md", "comparison", tables.front(figures, chinese=True))


def names(known: Sequence[str]) -> Any:
    def chosen(text: str) -> list[str]:
        wanted = text.split(",")
        if unknown := set(wanted) - set(known):
            raise argparse.ArgumentTypeError(
                f"没有 {sorted(unknown)[0]}；可以写 {','.join(known)}。"
            )
        return [name for name in known if name in wanted]

    return chosen


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="把寻章和其他现成工具放在一起比较。")
    all_peers = [peer.name for peer in PEERS]
    parser.add_argument("--shared", type=Path, help="有 library/ 和 eval/ 的文件夹；不写只用示例。")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "comparison")
    parser.add_argument(
        "--evaluation",
        type=Path,
        default=ROOT / "build" / "evaluation",
        help="scripts/evaluate.py 的资料库所在的文件夹（它的 --work）。",
    )
    parser.add_argument("--sets", type=names(NAMES), help=f"只用其中几组：{','.join(NAMES)}。")
    parser.add_argument(
        "--peers",
        type=names(all_peers),
        default=all_peers,
        help=f"只比几种：{','.join(all_peers)}。",
    )
    parser.add_argument("--queries", type=int, default=300, help="计时的查询次数，默认 300。")
    parser.add_argument("--limit", type=int, help="试跑：每组最多问这么多题，不能发布。")
    parser.add_argument("--keep", action="store_true", help="段落没变就沿用上次建好的索引。")
    parser.add_argument("--output", type=Path, metavar="文件", help="把数字写到这个 JSON 文件。")
    parser.add_argument("--figures", type=Path, metavar="文件", help="不测量，用以前写下的数字。")
    parser.add_argument(
        "--publish",
        action="store_true",
        help="填进 docs/comparison.md、docs/encoding.md 和 README。",
    )
    options = parser.parse_args(argv)
    options.sets = options.sets or list(NAMES if options.shared else ["sample"])
    if options.shared is None and options.sets != ["sample"]:
        parser.error("除 sample 外，各组数据都在 --shared 指定的文件夹里。")
    for path in ("shared", "work", "evaluation", "output"):
        if getattr(options, path) is not None:
            setattr(options, path, getattr(options, path).resolve())
    return options


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    if options.figures:
        figures = json.loads(options.figures.read_text(encoding="utf-8"))
    else:
        options.work.mkdir(parents=True, exist_ok=True)
        options.evaluation.mkdir(parents=True, exist_ok=True)
        figures = measure(options)
    print(tables.whole(figures))
    if options.publish:
        if figures["trial"]:
            raise SystemExit("这是试跑的数字（--limit），不能发布。请完整运行一次。")
        publish(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
