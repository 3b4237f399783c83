"""What does it cost? Speed, memory and disk of this machine, measured in one run.

    python scripts/bench.py                               the sample in corpus/
    python scripts/bench.py --folder ../shared/library    any folder of documents
    python scripts/bench.py --only query,disk             some of the parts
    python scripts/bench.py --output bench.json           the figures for a program as well
    python scripts/bench.py --only reuse --big FILE       re-use in half a million paragraphs

Parts: build (read the folder into a new library, then once more), reading (reading and splitting
alone, through the children and in one process), encode (passages a second through the product and
through plain sentence-transformers on torch, the same model and texts), query (end to end, in a
warm process, with its memory), start (a new process up to its first answer), disk, reuse (a draft
of 5,000 characters against the library; the library against itself, and the same by datasketch's
MinHashLSH where that is installed; with --big both against the documents of that file as well, by
fingerprints only).

Encoding is measured in paired rounds: both in every round, taking turns to be first, each in a
process of its own that only waits while the other works, so that a slower minute of the machine
hits both. The ratio is taken within a round; its minimum, median and maximum are over rounds.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "scripts"))  # at the end: test.py must not hide Python's own `test`

import bench_duplicates  # noqa: E402
import bench_reuse  # noqa: E402
from resident import peak_memory  # noqa: E402

PARTS = ("build", "reading", "encode", "query", "start", "disk", "reuse")
PACKAGES = ("xunzhang", "torch", "sentence-transformers", "openvino", "faiss-cpu", "numpy")
SEED = 20260101
WARM_UP = 10
"""Queries asked before the clock counts: the first ones also read files and fill caches."""

Row = tuple[str, str]
Figures = dict[str, Any]


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
    parser.add_argument(
        "--big", type=Path, metavar="文件", help="再用这个 .jsonl(.gz) 文件测量五十万段的比对。"
    )
    parser.add_argument("--json", action="store_true", help="在屏幕上输出 JSON，不输出表格。")
    parser.add_argument("--output", type=Path, metavar="文件", help="把 JSON 也写到这个文件。")
    parser.add_argument("--worker", choices=tuple(WORKERS), help=argparse.SUPPRESS)
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
        WORKERS[options.worker](sys.stdin, sys.stdout)
        return 0
    folder = options.folder.absolute()
    if not folder.is_dir():
        tell(f"找不到文件夹 {folder}。")
        return 2
    with working_folder(options.work) as work:
        figures = measure(folder, work, options)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    print(text if options.json else table(rows(figures)))
    return 0


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def working_folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="xunzhang-bench-") as folder:
        yield Path(folder)


def measure(folder: Path, work: Path, options: argparse.Namespace) -> Figures:
    library = work / "library"
    figures: Figures = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": {"python": platform.python_version()} | dict(map(version, PACKAGES)),
        "folder": folder.name,
    }
    # the other parts need a library, whether building is asked for or not
    figures["build"] = build(folder, library)
    figures["library"] = contents(library)
    if "reading" in options.only:
        figures["reading"] = reading(folder)
    if "encode" in options.only:
        figures["encode"] = encode(passages(library, options.texts), options.rounds, work)
    if "query" in options.only:
        figures["query"] = query(library, options.queries)
    if "start" in options.only:
        figures["start"] = start(library, options.rounds)
    if "disk" in options.only:
        figures["disk"] = disk(library)
    if "reuse" in options.only:
        figures["reuse"] = reuse(library, options.big)
    return figures


# --- where it was measured -------------------------------------------------------------------


def machine() -> Figures:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": usable_cores(),
    }


def processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def version(package: str) -> tuple[str, str]:
    try:
        return package, metadata.version(package)
    except metadata.PackageNotFoundError:
        return package, "-"


# --- the parts -------------------------------------------------------------------------------


def build(folder: Path, library: Path) -> Figures:
    """Read `folder` into `library`, in a process of its own, then once more with nothing to do."""
    figures: Figures = {}
    for run in ("first", "again"):
        tell(f"读入 {folder}…" if run == "first" else "再读一遍（应当什么也不做）…")
        with worker("build") as (ask, _):
            figures[run] = ask({"folder": str(folder), "library": str(library)})
    return figures


def build_worker(asked: IO[str], answers: IO[str]) -> None:
    from index.errors import LibraryNotFound
    from index.library import Library

    request = json.loads(asked.readline())
    folder = Path(request["library"])
    try:
        library = Library.open(folder)
    except LibraryNotFound:
        library = Library.create(folder)
    last = 0.0

    def progress(report: Any) -> None:
        nonlocal last
        if time.monotonic() - last > 10:
            last = time.monotonic()
            tell(f"  {report.stage} {report.done}/{report.total}")

    began = time.perf_counter()
    with library:
        result = library.sync([Path(request["folder"])], progress=progress)
    answer(
        answers,
        {
            "seconds": time.perf_counter() - began,
            "files": len(result.added) + len(result.updated),
            "unchanged": len(result.unchanged),
            "failed": len(result.failed),
            "paragraphs": result.paragraphs,
            "encoded": result.encoded,
            "peak_bytes": peak_memory(),
        },
    )


def reading(folder: Path) -> Figures:
    """Read and split all files of `folder`, in children (pickling included) and in this process.

    Files that cannot be read cost their time and count no paragraphs.
    """
    from index.errors import ReadError
    from index.preparing import Job, Preparer
    from index.preparing.one_file import prepared
    from index.reading import walk

    tell("只读入和分段…")
    jobs = [Job(str(path)) for path in walk([folder])]
    counts = {"children": 0, "alone": 0}
    seconds = {}
    began = time.perf_counter()
    with Preparer(jobs) as preparer:
        for position in range(len(jobs)):
            with suppress(ReadError):
                for document, _ in preparer.documents(position):
                    counts["children"] += len(document.paragraphs)
    seconds["children"] = time.perf_counter() - began
    began = time.perf_counter()
    for job in jobs:
        with suppress(ReadError):
            for document, _ in prepared(job.path, job.given):
                counts["alone"] += len(document.paragraphs)
    seconds["alone"] = time.perf_counter() - began
    return {
        "files": len(jobs),
        "paragraphs": counts["children"],
        "children_per_second": counts["children"] / seconds["children"],
        "alone_per_second": counts["alone"] / seconds["alone"],
        "ratio": seconds["alone"] / seconds["children"],
    }


def contents(folder: Path) -> Figures:
    from index.library import Library

    with Library.open(folder) as library:
        status = library.status()
    return {
        "documents": status.documents,
        "paragraphs": status.paragraphs,
        "passages": status.passages,
        "characters": status.characters,
        "encoder": status.encoder,
    }


def passages(folder: Path, count: int) -> list[str]:
    """`count` different passages of the library, drawn with a fixed seed."""
    from index.library import Library

    texts: set[str] = set()
    with Library.open(folder) as library:
        for document in library.documents():
            for paragraph in library.paragraphs(document.id):
                texts.update(paragraph.text[start:end] for start, end in paragraph.passages)
    drawn = sorted(texts)
    return random.Random(SEED).sample(drawn, min(count, len(drawn)))


def encode(texts: list[str], rounds: int, work: Path) -> Figures:
    """Passages a second, ours and plain, in paired rounds."""
    import numpy as np

    from index.embedding import open_encoder

    encoder = open_encoder()
    if encoder.folder is None:
        raise SystemExit(f"模型 {encoder.name} 没有 sentence-transformers 文件夹，不能比较。")
    folder, name = str(encoder.folder), encoder.name
    del encoder
    rates: dict[str, list[float]] = {"product": [], "plain": []}
    ends: dict[str, Figures] = {}
    with worker("product") as product, worker("plain") as plain:
        workers = {"product": product, "plain": plain}
        for side, (ask, _) in workers.items():
            vectors = str(work / f"{side}.npy")
            ask({"folder": folder, "texts": texts, "vectors": vectors})
        for number in range(rounds):
            tell(f"编码 {len(texts)} 条，第 {number + 1} 轮，共 {rounds} 轮…")
            sides = list(workers)
            for side in sides if number % 2 == 0 else reversed(sides):
                seconds = workers[side][0]({"go": True})["seconds"]
                rates[side].append(len(texts) / seconds)
        for side, (ask, _) in workers.items():
            ends[side] = ask({"end": True})
    ours, theirs = (np.load(work / f"{side}.npy") for side in ("product", "plain"))
    cosines = np.sum(ours * theirs, axis=1)
    return {
        "encoder": name,
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "rounds": rounds,
        "product_per_second": spread(rates["product"]),
        "plain_per_second": spread(rates["plain"]),
        "ratio": spread(ratios(rates["product"], rates["plain"])),
        # a fast encoder that says something else would be worth nothing
        "cosine_lowest": float(cosines.min()),
        "cosine_mean": float(cosines.mean()),
        "product_peak_bytes": ends["product"]["peak_bytes"],
        "plain_peak_bytes": ends["plain"]["peak_bytes"],
    }


def encode_rounds(
    asked: IO[str],
    answers: IO[str],
    opened: Callable[[str], Callable[[list[str]], Any]],
) -> None:
    """Open, encode everything once unmeasured and keep the vectors, then once per request."""
    import numpy as np

    request = json.loads(asked.readline())
    texts = request["texts"]
    run = opened(request["folder"])
    np.save(request["vectors"], run(texts))
    answer(answers, {"ready": True})
    for line in asked:
        if json.loads(line).get("end"):
            answer(answers, {"peak_bytes": peak_memory()})
            return
        began = time.perf_counter()
        run(texts)
        answer(answers, {"seconds": time.perf_counter() - began})


def open_product(_: str) -> Callable[[list[str]], Any]:
    from index.embedding import open_encoder

    return open_encoder().encode_passages


def open_plain(folder: str) -> Callable[[list[str]], Any]:
    """sentence-transformers as its documentation uses it: its own batches and threads, float32."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu", local_files_only=True)

    def run(texts: list[str]) -> Any:
        return model.encode(
            texts, prompt="passage: ", normalize_embeddings=True, show_progress_bar=False
        )

    return run


def query(library: Path, count: int) -> Figures:
    """Milliseconds from the text to the hits, in a process that has answered before."""
    tell(f"查询 {count} 次…")
    with worker("query") as (ask, _):
        figures = ask({"library": str(library), "count": count})
    times = figures.pop("milliseconds")
    return figures | {
        "queries": len(times),
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
        "slowest_ms": max(times),
    }


def query_worker(asked: IO[str], answers: IO[str]) -> None:
    request = json.loads(asked.readline())
    questions = queries(Path(request["library"]), request["count"] + WARM_UP)
    began = time.perf_counter()
    from index.library import Library
    from index.retrieval import search

    times = []
    with Library.open(Path(request["library"])) as library:
        for question in questions:
            asked_at = time.perf_counter()
            search(library, question)
            times.append(1000 * (time.perf_counter() - asked_at))
            if len(times) == 1:
                first = time.perf_counter() - began
    answer(
        answers,
        {
            "first_seconds": first,
            "milliseconds": times[WARM_UP:],
            "peak_bytes": peak_memory(),
        },
    )


def queries(folder: Path, count: int) -> list[str]:
    """Different questions of the lengths that people ask: topics, sentences, whole paragraphs.

    Every question is asked once, so no cache of answers can help.
    """
    from index.library import Library
    from index.text import sentences
    from index.topics import Taxonomy

    topics = [topic.name for topic in Taxonomy.load(folder).topics]
    with Library.open(folder) as library:
        texts = [
            paragraph.text
            for document in library.documents()
            for paragraph in library.paragraphs(document.id)
            if len(paragraph.text) >= 12
        ]
    drawing = random.Random(SEED)
    drawn = drawing.sample(texts, min(count, len(texts)))
    questions = dict.fromkeys(topics)
    for number, text in enumerate(drawn):
        if number % 5 == 4:
            questions[text] = None  # a pasted paragraph
        else:
            start, end = drawing.choice(sentences(text))
            questions[text[start:end][: drawing.randint(6, 40)]] = None
    asked = [question for question in questions if any(map(str.isalnum, question))]
    drawing.shuffle(asked)
    return asked[:count]


def start(library: Path, rounds: int) -> Figures:
    """Seconds from the start of a new process to its end with the first answer."""
    command = [
        *(sys.executable, "-m", "index.cli", "--library", str(library)),
        *("search", "廉政教育", "--json"),
    ]
    times = []
    for number in range(rounds):
        tell(f"新进程查询，第 {number + 1} 轮，共 {rounds} 轮…")
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True)
        times.append(time.perf_counter() - began)
        if done.returncode != 0:
            raise SystemExit(done.stderr.decode("utf-8", "replace"))
    return {"seconds": spread(times)}


def disk(folder: Path) -> Figures:
    """Bytes of the library by part, of the unpacked model, and for each paragraph."""
    from index.library import Library
    from index.settings import Settings

    with Library.open(folder) as library:
        status = library.status()
    models = Settings.load().data_folder
    unpacked = sum(path.stat().st_size for path in models.rglob("*") if path.is_file())
    total = sum(status.bytes.values())
    return {
        "library_bytes": dict(status.bytes),
        "total_bytes": total,
        "bytes_per_paragraph": total / max(status.paragraphs, 1),
        "models_bytes": unpacked,
    }


def reuse(library: Path, file: Path | None) -> Figures:
    """A draft against the library, the library against itself, both against a big file too."""
    figures: Figures = {}
    for name in ("review", "itself", "minhash", "big"):
        if name == "big" and file is None:
            continue
        if name == "minhash" and importlib.util.find_spec("datasketch") is None:
            tell("没有安装 datasketch，不作比较；可以用 pip install datasketch 安装。")
            continue
        tell(f"比对：{name}…")
        with worker(name) as (ask, _):
            figures[name] = ask({"library": str(library), "file": str(file and file.absolute())})
    if "minhash" in figures:
        ours, theirs = (figures[name].pop("pairs") for name in ("itself", "minhash"))
        figures["pairs"] = bench_reuse.both(ours, theirs)
    else:
        figures["pairs"] = {"product": len(figures["itself"].pop("pairs"))}
    if file is not None:
        figures["growth"] = bench_duplicates.measure([library, file.absolute()])
    return figures


def reuse_worker(run: Callable[[Figures], Figures]) -> Callable[[IO[str], IO[str]], None]:
    def work(asked: IO[str], answers: IO[str]) -> None:
        figures = run(json.loads(asked.readline()))
        answer(answers, figures | {"peak_bytes": peak_memory()})

    return work


# --- workers ---------------------------------------------------------------------------------

WORKERS: dict[str, Callable[[IO[str], IO[str]], None]] = {
    "build": build_worker,
    "product": lambda asked, answers: encode_rounds(asked, answers, open_product),
    "plain": lambda asked, answers: encode_rounds(asked, answers, open_plain),
    "query": query_worker,
    "review": reuse_worker(
        lambda asked: bench_reuse.review(Path(asked["library"]), ROOT / "corpus" / "documents")
    ),
    "itself": reuse_worker(lambda asked: bench_reuse.itself(Path(asked["library"]))),
    "minhash": reuse_worker(lambda asked: bench_reuse.minhash(Path(asked["library"]))),
    "big": reuse_worker(lambda asked: bench_reuse.big(Path(asked["library"]), Path(asked["file"]))),
}

Ask = Callable[[Figures], Figures]


@contextmanager
def worker(name: str) -> Iterator[tuple[Ask, subprocess.Popen[str]]]:
    """A process of this script's own that answers one line of JSON with one line of JSON."""
    environ = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "--worker", name],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        requests, replies = process.stdin, process.stdout
        assert requests is not None
        assert replies is not None

        def ask(request: Figures) -> Figures:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            line = replies.readline()
            if not line:
                raise SystemExit(f"测量进程 {name} 意外停止，原因见上面。")
            reply: Figures = json.loads(line)
            return reply

        try:
            yield ask, process
        finally:
            requests.close()


def answer(answers: IO[str], figures: Figures) -> None:
    answers.write(json.dumps(figures) + "\n")
    answers.flush()


# --- figures -> table ------------------------------------------------------------------------


def spread(values: Sequence[float]) -> Figures:
    """
    >>> spread([3.0, 1.0, 2.0, 10.0])
    {'min': 1.0, 'median': 2.5, 'max': 10.0, 'rounds': 4}
    """
    return {
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
        "rounds": len(values),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` per cent of the values do not exceed (nearest rank).

    >>> percentile([15, 20, 35, 40, 50], 30), percentile([15, 20, 35, 40, 50], 100)
    (20, 50)
    """
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 100)
    return ordered[max(int(rank), 1) - 1]


def size(count: float) -> str:
    """
    >>> size(1_540_000), size(2_300_000_000)
    ('1.5 MB', '2.30 GB')
    """
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def three(values: Figures, digits: int) -> str:
    """
    >>> three({"min": 1.0, "median": 2.5, "max": 10.0, "rounds": 4}, 1)
    '2.5 (1.0 to 10.0, 4 rounds)'
    """
    low, middle, high = (f"{values[key]:.{digits}f}" for key in ("min", "median", "max"))
    return f"{middle} ({low} to {high}, {values['rounds']} rounds)"


def rows(figures: Figures) -> list[Row]:
    """The table's rows, in the order of the parts."""
    where, held, built = figures["machine"], figures["library"], figures["build"]
    versions = ", ".join(f"{name} {number}" for name, number in figures["versions"].items())
    first, again = built["first"], built["again"]
    found = [
        ("measured on", f"{where['processor']}, {where['cores']} cores, {where['system']}"),
        ("with", f"{versions}; {figures['date']}"),
        (
            f"library of `{figures['folder']}`",
            f"{held['documents']:,} documents, {held['paragraphs']:,} paragraphs, "
            f"{held['passages']:,} passages, {held['characters']:,} characters",
        ),
        ("encoder", held["encoder"]),
    ]
    if first["files"]:
        found.append(
            (
                "reading it in",
                f"{first['seconds']:.1f} s, {first['encoded']:,} passages encoded, "
                f"peak memory {size(first['peak_bytes'])}",
            )
        )
    found.append(("reading it in again, nothing changed", f"{again['seconds']:.2f} s"))
    if read := figures.get("reading"):
        found.append(
            (
                "reading and splitting alone, paragraphs/second",
                f"{read['children_per_second']:,.0f} through children, "
                f"{read['alone_per_second']:,.0f} in one process (ratio {read['ratio']:.2f}; "
                f"{read['files']:,} files, {read['paragraphs']:,} paragraphs)",
            )
        )
    if encoded := figures.get("encode"):
        found += [
            (
                f"passages/second, product ({encoded['texts']} texts)",
                three(encoded["product_per_second"], 1),
            ),
            ("passages/second, plain sentence-transformers", three(encoded["plain_per_second"], 1)),
            ("ratio within a round", three(encoded["ratio"], 2)),
            (
                "cosine of the two, lowest and mean",
                f"{encoded['cosine_lowest']:.4f}, {encoded['cosine_mean']:.4f}",
            ),
            (
                "peak memory while encoding, product and plain",
                f"{size(encoded['product_peak_bytes'])}, {size(encoded['plain_peak_bytes'])}",
            ),
        ]
    if asked := figures.get("query"):
        found += [
            (
                f"query end to end, {asked['queries']} different queries",
                f"p50 {asked['p50_ms']:.1f} ms, p95 {asked['p95_ms']:.1f} ms, "
                f"slowest {asked['slowest_ms']:.1f} ms",
            ),
            ("first query of a process, imports included", f"{asked['first_seconds']:.2f} s"),
            ("peak memory of the process that answers", size(asked["peak_bytes"])),
        ]
    if started := figures.get("start"):
        found.append(("`xunzhang search` in a fresh process, s", three(started["seconds"], 2)))
    if held_on_disk := figures.get("disk"):
        by_part = ", ".join(
            f"{part} {size(n)}" for part, n in held_on_disk["library_bytes"].items()
        )
        found += [
            (
                "library on disk",
                f"{size(held_on_disk['total_bytes'])} ({by_part}), "
                f"{held_on_disk['bytes_per_paragraph'] / 1000:.1f} kB a paragraph",
            ),
            ("unpacked model and caches on disk", size(held_on_disk["models_bytes"])),
        ]
    if compared := figures.get("reuse"):
        found += reuse_rows(compared)
    return found


def reuse_rows(compared: Figures) -> Iterator[Row]:
    drafts = compared["review"]
    for kind, what in (("known", "of the library's own paragraphs"), ("strange", "of new text")):
        times = drafts[kind]["seconds"]
        if times:
            yield (
                f"review of a draft of {drafts['characters']:,} characters {what}",
                f"p50 {percentile(times, 50):.2f} s, slowest {max(times):.2f} s "
                f"({len(times)} drafts, {drafts[kind]['sources']} sources at most)",
            )
    yield "peak memory of the process that reviews", size(drafts["peak_bytes"])
    whole = compared["itself"]
    yield (
        "library against itself",
        f"{whole['seconds']:.1f} s, {compared['pairs']['product']} pairs of documents of which one "
        f"is half re-used, {whole['families']} families; peak memory {size(whole['peak_bytes'])}",
    )
    if theirs := compared.get("minhash"):
        yield (
            "the same by datasketch MinHashLSH",
            f"{theirs['seconds']:.1f} s, {compared['pairs']['minhash']} pairs of Jaccard "
            f"similarity one half, {compared['pairs']['both']} of them found by both; "
            f"peak memory {size(theirs['peak_bytes'])}",
        )
    if large := compared.get("big"):
        for step in large["steps"]:
            name = f"{step['paragraphs']:,} paragraphs, {step['characters']:,} compared characters"
            yield (
                f"fingerprints of {name}",
                f"made in {step['made']:.1f} s; a draft looked up in p50 "
                f"{1000 * percentile(step['look_up'], 50):.0f} ms, slowest "
                f"{1000 * max(step['look_up']):.0f} ms",
            )
        yield "peak memory of that process, texts included", size(large["peak_bytes"])
    if growth := compared.get("growth"):
        yield from bench_duplicates.rows(growth)


def table(found: Sequence[Row]) -> str:
    """
    >>> print(table([("a", "1")]))
    | what | measured |
    | --- | --- |
    | a | 1 |
    """
    lines = ["| what | measured |", "| --- | --- |"]
    return "\n".join(lines + [f"| {name} | {value} |" for name, value in found])


if __name__ == "__main__":
    # runs from a plain checkout as well; this folder's test.py must not hide Python's own `test`
    sys.path[0] = str(ROOT)
    sys.exit(main())
