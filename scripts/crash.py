"""Kill a process that writes to a library, at random moments, and check what is left.

    python scripts/crash.py                   30 kills of the product, then of two controls
    python scripts/crash.py --rounds 200 --seed 7

Each round starts from the same library, lets a child process add, update, remove or mend
documents, ends it with kill -9 somewhere on the way, and then asks, as a person would who opens the
library again:

1. Does it open, and is every document there whole, in its old or its new form, never a mixture?
2. Is each of them found by its words and by its vector, and is nothing found that is not there?
   Of documents that repeat each other (copies, the same text, drafts are among them, and files
   that move) those that are counted, and never none.
3. Does `verify` find nothing, or nothing that `rebuild` does not mend?
4. Does doing the same again complete it, and is it then equal to a library that was never killed?

A check that nothing can fail proves nothing. So two controls that write in place go through the
same rounds and must fail: one commits every statement by itself, one overwrites the files of the
store. The encoder is the counting double: what is tested here is what reaches the disk.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run from a checkout, installed or not

import numpy as np  # noqa: E402

from index.catalogue.database import Database  # noqa: E402
from index.datatypes import Entry, Metadata  # noqa: E402
from index.durable import Pieces, read_array  # noqa: E402
from index.embedding.testing import CountingEncoder  # noqa: E402
from index.errors import LibraryError  # noqa: E402
from index.library import Library, intake  # noqa: E402
from index.library import sync as sync_module  # noqa: E402
from index.settings import Settings  # noqa: E402
from index.vectors import (  # noqa: E402
    Generations,
    Joined,
    StoredPart,
    generations,
    growth,
    inverted,
)
from index.vectors.parts import IDS, NO_IDS, VECTORS, Contents  # noqa: E402
from index.vectors.protocol import Ids  # noqa: E402

ACTIONS = ("first", "update", "remove", "mend")
"""A first sync into an empty library; a sync after files changed, came, moved and went; removals;
mending units, years and titles, and taking some of it back."""
VARIANTS = ("product", "statements", "store")
"""The product; each statement committed alone; the store's files overwritten in place."""

SUBJECTS = ("春耕备耕", "河道清淤", "信访接待", "档案整理", "消防演练", "读书活动", "帮扶走访")
MENDED_UNIT, MENDED_TITLE = "青禾镇水利站", "青禾镇防汛小结"
DEEDS = ("按期完成", "稳步推进", "反复核对", "专人负责", "逐项销号", "受到好评", "留有余地")

Key = tuple[str, str | None]
Dump = dict[Key, tuple[object, ...]]


@dataclass(frozen=True)
class Place:
    """The folders of one run. Libraries keep absolute paths, so every round uses the same ones."""

    folder: Path

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def kept(self, name: str) -> Path:
        return self.folder / "kept" / name


class Failed(Exception):
    """What the checker found."""


# --- documents that are easy to tell apart


def paragraph(number: int, chooser: random.Random) -> str:
    """A sentence with a word that stands nowhere else."""
    return (
        f"{chooser.choice(SUBJECTS)}工作{chooser.choice(DEEDS)}，台账编号k{number:06d}x，"
        f"涉及{chooser.randint(2, 900)}人次，{chooser.choice(DEEDS)}。"
    )


def write_documents(folder: Path, edition: int) -> None:
    """Edition 1, or edition 2 in which a third changed, some are gone and some are new."""
    folder.mkdir(parents=True)
    chosen = range(40) if edition == 1 else [n for n in range(48) if n % 9 != 4]
    second = edition == 2
    for number in chosen:
        changed = edition == 2 and number % 3 == 1
        chooser = random.Random(number * 10 + changed)
        lines = [
            paragraph(number * 1000 + changed * 500 + n, chooser)
            for n in range(chooser.randint(9, 16))
        ]
        if changed:  # its last paragraphs stay
            lines += [paragraph(number * 1000 + 900 + n, random.Random(n)) for n in range(3)]
        title = f"第{number}街道2022年工作总结"
        text = "\n\n".join([title, "一、基本情况", *lines]) + "\n"
        moved = folder / "归档" if second and number % 9 == 8 else folder
        moved.mkdir(exist_ok=True)
        if not (second and number % 18 == 2):  # a copy that stays takes its place
            (moved / f"{number:03d}.txt").write_text(text, encoding="utf-8")
        if number % 9 == 2 and not (second and number % 18 == 11):
            (folder / f"{number:03d}副本.txt").write_text(text, encoding="utf-8")
        elif number % 9 == 5:  # the same text in other bytes
            (folder / f"{number:03d}另存.txt").write_text(text + "\n\n", encoding="utf-8")
        elif number % 9 == 7:
            draft = text.replace(lines[0], paragraph(number * 1000 + 950, random.Random(number)))
            (folder / f"{number:03d}修改稿.txt").write_text(draft, encoding="utf-8")
    count = 60 if edition == 1 else 80
    with (folder / "条目.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            changed = edition == 2 and number % 4 == 0
            chooser = random.Random(77_000 + number * 10 + changed)
            text = paragraph(500_000 + number * 10 + changed, chooser)
            file.write(f'{{"id": "条{number}", "title": "条目{number}", "text": "{text}"}}\n')


# --- the child: does the work, until it is killed


def opened(place: Place) -> Library:
    settings = Settings(library=place.library, data_folder=place.folder / "data")
    encoder = CountingEncoder(64, batch_size=16)
    if (place.library / "catalogue.sqlite").exists():
        return Library.open(place.library, encoder, settings)
    return Library.create(place.library, encoder, settings)


def act(place: Place, action: str) -> None:
    with opened(place) as library:
        if action == "remove":
            doomed = [e.id for e in library.documents() if e.id % 2 == 0]
            for start in range(0, len(doomed), 4):
                library.remove(doomed[start : start + 4])
        elif action == "mend":
            mend(library)
        else:
            library.sync([place.documents])


def mend(library: Library) -> None:
    """Say something of every second document, in batches and singly, and take a third back."""
    chosen = [entry.id for entry in library.documents() if entry.id % 2 == 0]
    for start in range(0, len(chosen), 16):
        library.mend(chosen[start : start + 16], Metadata(unit=MENDED_UNIT, year=2019))
    for id_ in chosen[::9]:
        library.mend([id_], Metadata(title=MENDED_TITLE))
    for start in range(0, len(chosen), 24):
        library.mend(chosen[start : start + 4], None)


def child(place: Place, action: str, variant: str) -> None:
    """Write in many small steps, so that a kill may fall between any two."""
    intake.WINDOW_PASSAGES = 60
    sync_module.PUBLISH_EVERY = 0.0
    # so that there are parts to be joined and lists to be made, as in a library of half a million
    growth.SMALL, growth.EXACT_MOST = 40, 150
    inverted.LEAST, inverted.NARROW = 30, 10
    if variant == "statements":
        Database.transaction = _no_transaction  # type: ignore[method-assign, assignment]
    elif variant == "store":
        Generations.publish = _publish_in_place  # type: ignore[method-assign]
        # mapped, what is overwritten would end the reader: such a product reads its files whole
        generations.mapped_array = read_array
    print("begin", flush=True)
    begun = time.monotonic()
    act(place, action)
    print(f"{time.monotonic() - begun:.3f}", flush=True)


@contextlib.contextmanager
def _no_transaction(self: Database) -> Iterator[None]:
    yield


_publish = Generations.publish


def _publish_in_place(
    self: Generations,
    new: Contents | None,
    *,
    kept: Sequence[StoredPart] = (),
    removed: Ids = NO_IDS,
    dimension: int,
    encoder: str,
    stamp: str,
) -> int:
    """What a simpler product would do: write all of it over the files that are there."""
    opened = [self.part(part, dimension) for part in kept]
    parts = [(part.ids, part.vectors) for part in opened]
    if new is not None:
        ids, vectors = new[IDS], new[VECTORS]
        assert isinstance(ids, np.ndarray)
        assert isinstance(vectors, Pieces)
        parts.append((ids, np.concatenate(list(vectors.pieces))))
    whole = Joined(parts, removed).contents() if parts else None
    private = Generations(self.folder.with_name("vectors.made"))
    shutil.rmtree(private.folder, ignore_errors=True)
    _publish(private, whole, dimension=dimension, encoder=encoder, stamp=stamp)
    for source in sorted(path for path in private.folder.rglob("*") if path.is_file()):
        target = self.folder / source.relative_to(private.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as read, target.open("r+b" if target.exists() else "wb") as write:
            while piece := read.read(512):
                write.write(piece)
                write.flush()
                os.fsync(write.fileno())
            write.truncate()
    return 1


# --- the checker


def dump(library: Library) -> Dump:
    """All that a reader can see, without ids: by file and external id."""
    found: Dump = {}
    paths = {entry.id: entry.path for entry in library.documents()}
    for entry in library.documents():
        paragraphs = library.paragraphs(entry.id)
        passages = library.passages_of(p.id for p in paragraphs)
        words = library._catalogue.words.of(p.id for p in paragraphs)
        vectors = [
            library.store.vectors(np.array([id_ for id_, _, _ in passages[p.id]])).tobytes()
            for p in paragraphs
            if entry.counted
        ]
        found[entry.path, entry.external_id] = (
            (entry.title, entry.unit, entry.year, entry.kind, entry.origins),
            tuple((p.number, p.text, p.heading_path, p.start, p.passages) for p in paragraphs),
            tuple(words.get(p.id) for p in paragraphs),
            tuple(vectors),
            (entry.counted, entry.twin and (entry.twin.relation, paths[entry.twin.document_id])),
        )
    return found


def check(place: Place, action: str, before: Dump, after: Dump) -> None:
    """Raise Failed for whatever a person should never meet."""
    try:
        with opened(place) as library:
            check_answers(library, before, after)
            problems = library.verify()
            if any(not problem.mends for problem in problems):
                raise Failed(f"verify: {problems[0].message}")
            if problems:
                library.rebuild()
                problems = library.verify()
                if problems:
                    raise Failed(f"rebuild does not mend: {problems[0].message}")
        with opened(place) as library:
            if action == "remove":
                remove_rest(library, after)
            else:
                library.sync([place.documents])
            if action == "mend":
                mend(library)
            if dump(library) != after:
                raise Failed("doing it again does not lead to the same library")
            problems = library.verify()
            if problems:
                raise Failed(f"verify after doing it again: {problems[0].message}")
    except LibraryError as error:
        raise Failed(f"{type(error).__name__}: {error}") from error


def remove_rest(library: Library, after: Dump) -> None:
    rest = [e.id for e in library.documents() if (e.path, e.external_id) not in after]
    if rest:
        library.remove(rest)


def check_answers(library: Library, before: Dump, after: Dump) -> None:
    encoder = library.encoder
    words = {text: marker(text) for text in texts(before) | texts(after)}
    there: set[str] = set()
    holders: dict[str, set[int]] = defaultdict(set)
    lasts: list[tuple[Key, str]] = []
    for entry in library.documents():
        paragraphs = library.paragraphs(entry.id)
        key = (entry.path, entry.external_id)
        seen = tuple(p.text for p in paragraphs)
        allowed = [tuple(p[1] for p in known[key][1]) for known in (before, after) if key in known]
        if seen not in allowed:
            raise Failed(f"{key} holds {len(seen)} paragraphs: neither its old nor its new form")
        check_mends(entry, {p.heading_path[0] for p in paragraphs if p.heading_path})
        there.update(seen)
        lasts.append((key, paragraphs[-1].text))
        for p in paragraphs:
            if entry.counted:
                holders[p.text].add(p.id)
    for key, last in lasts:
        if not holders[last]:
            raise Failed(f"{key} repeats another, but none of them is counted")
        found = {id_ for id_, _ in library.keyword([words[last]], 9)}
        if found != holders[last]:
            raise Failed(f"{key} is not found by its words: {found}")
        ids, scores = library.store.search(encoder.encode_query(last), 9)
        places = library.paragraph_of(ids[scores > 0.99].tolist())
        if {p for p, _, _ in places.values()} != holders[last]:
            raise Failed(f"{key} is not found by its vector")
    for text, word in words.items():
        if text not in there and word and library.keyword([word], 1):
            raise Failed(f"{word} is found, but no document holds it")


def check_mends(entry: Entry, tops: set[str]) -> None:
    """What was mended says so, and no paragraph stands under a title that is not the document's."""
    mended = {origin.field for origin in entry.origins if origin.where == "mended"}
    for field, value, told in (
        ("unit", entry.unit, MENDED_UNIT),
        ("year", entry.year, 2019),
        ("title", entry.title, MENDED_TITLE),
    ):
        if (value == told) != (field in mended):
            raise Failed(f"{entry.path}: {field} is {value}, mended are {sorted(mended)}")
    if not tops <= {entry.title, "一、基本情况"}:
        raise Failed(f"{entry.path} is called {entry.title}, but paragraphs stand under {tops}")


def texts(known: Dump) -> set[str]:
    return {p[1] for document in known.values() for p in document[1]}  # type: ignore[attr-defined]


def marker(text: str) -> str:
    """The word of `paragraph` that stands nowhere else; empty for titles and headings."""
    start = text.find("编号k")
    return text[start + 2 : start + 10] if start >= 0 else ""


# --- rounds


def restore(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


def set_up(place: Place, action: str) -> None:
    """The library and the documents as they are before `action`."""
    restore(place.kept("documents1" if action != "update" else "documents2"), place.documents)
    restore(place.kept("none" if action == "first" else "library1"), place.library)


def prepare(place: Place) -> dict[str, tuple[Dump, Dump]]:
    """Make what the rounds start from; returns (before, after) by action, never killed."""
    for edition in (1, 2):
        write_documents(place.kept(f"documents{edition}"), edition)
    restore(place.kept("documents1"), place.documents)
    act(place, "first")
    restore(place.library, place.kept("library1"))
    with opened(place) as library:
        first = dump(library)
    references: dict[str, tuple[Dump, Dump]] = {"first": ({}, first)}
    for action in ACTIONS[1:]:
        set_up(place, action)
        act(place, action)
        with opened(place) as library:
            references[action] = (first, dump(library))
    return references


def spawn(place: Place, action: str, variant: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--child", action, variant, str(place.folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    if process.stdout.readline() != "begin\n":
        raise RuntimeError("the child did not begin")
    return process


def duration(place: Place, action: str, variant: str) -> float:
    """Seconds that the work takes when nobody ends it."""
    set_up(place, action)
    with spawn(place, action, variant) as process:
        assert process.stdout is not None
        return float(process.stdout.readline())


def run(
    place: Place, variant: str, rounds: int, chooser: random.Random, *, enough: int | None = None
) -> tuple[int, list[str]]:
    """(kills that fell into the work, what failed). Ends early after `enough` failures."""
    references = prepare(place)
    times = {action: duration(place, action, variant) for action in ACTIONS}
    kills, failures = 0, []
    for number in range(rounds):
        action = ACTIONS[number % len(ACTIONS)]
        set_up(place, action)
        moment = chooser.uniform(0.0, 0.9 * times[action])
        with spawn(place, action, variant) as process:
            time.sleep(moment)
            kills += process.poll() is None
            process.kill()
        try:
            check(place, action, *references[action])
        except Failed as failure:
            failures.append(f"{action} killed after {moment:.3f} s: {failure}")
            if len(failures) == enough:
                break
    return kills, failures


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=36, help="kills of each variant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", choices=VARIANTS, help="only this one")
    parser.add_argument("--child", nargs=3, metavar=("ACTION", "VARIANT", "FOLDER"))
    options = parser.parse_args(arguments)
    if options.child:
        action, variant, folder = options.child
        child(Place(Path(folder)), action, variant)
        return 0
    as_expected = True
    for variant in [options.variant] if options.variant else VARIANTS:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            must_fail = variant != "product"
            kills, failures = run(
                Place(Path(folder)),
                variant,
                options.rounds,
                random.Random(options.seed),
                enough=3 if must_fail else None,
            )
        as_expected &= bool(failures) == must_fail and kills > 0
        print(
            f"{variant}: {kills} kills, {len(failures)} failed"
            f" ({'some must' if must_fail else 'none may'}), {time.monotonic() - begun:.0f} s"
        )
        for failure in failures:
            print(f"    {failure}")
    print("as expected" if as_expected else "NOT as expected")
    return 0 if as_expected else 1


if __name__ == "__main__":
    sys.exit(main())
