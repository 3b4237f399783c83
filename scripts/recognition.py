"""How well and at what cost are scanned pages recognised? Settings compared on the same pages.

    python scripts/recognition.py                       the table of docs/formats.md
    python scripts/recognition.py --pages 12 --keep F   more pages, their PDF kept in F
    python scripts/recognition.py --small               small print, more blurred
    python scripts/recognition.py --only 200            settings whose name holds these characters

The sample documents of corpus/ are set in pages of A4 (16, 12 and 10.5 points, in Song and Hei),
printed at 300 dots an inch, laid in askew, blurred, soiled, and packed as JPEG into a PDF without
text: a truth to compare with. Each setting reads them in a process of its own. Needs the extra
`ocr` and a Chinese font (--font).
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 20261121
INK = 300
"""Dots an inch of the scanned pages."""
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    r"C:\Windows\Fonts\simsun.ttc",
    r"C:\Windows\Fonts\simhei.ttf",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
POINTS = (16.0, 12.0, 10.5)
SMALL_PRINT = (9.0, 8.0, 7.5)

Settings = dict[str, Any]
FULL: Settings = {"Det.limit_type": "min", "Det.limit_side_len": 736}
"""Lines looked for in the full picture, as rapidocr does."""
COMPARED: dict[str, Settings] = {
    f"{dots} dpi, batch {batch}, cls {'on' if turned else 'off'}, lines in the full picture": {
        "dots": dots,
        "Rec.rec_batch_num": batch,
        "Global.use_cls": turned,
        **FULL,
    }
    for dots in (150, 200)
    for batch in (1, 6)
    for turned in (False, True)
} | {
    f"{dots} dpi, batch 1, cls off, lines in {side} pixels": {
        "dots": dots,
        "Rec.rec_batch_num": 1,
        "Global.use_cls": False,
        "Det.limit_type": "max",
        "Det.limit_side_len": side,
    }
    for dots in (150, 200, 300)
    for side in (960, 1280)
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="比较识别扫描页的几种设置：错字率、速度、内存。")
    parser.add_argument("--pages", type=int, default=6, help="页数，默认 6。")
    parser.add_argument("--font", type=Path, action="append", help="中文字体文件，可写多次。")
    parser.add_argument("--small", action="store_true", help="小字（9 至 7.5 磅）、更模糊的页面。")
    parser.add_argument("--keep", type=Path, metavar="文件夹", help="把做成的 PDF 留在这里。")
    parser.add_argument("--only", default="", help="只测名字里有这些字的设置。")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.worker:
        work(options.worker)
        return 0
    fonts = options.font or [Path(name) for name in FONTS if Path(name).is_file()][:2]
    if not fonts:
        print("没有找到中文字体，请用 --font 写明字体文件。", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="xunzhang-") as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        scan(folder, fonts, options.pages, small=options.small)
        print("| setting | errors in characters | processor seconds a page | peak MB |")
        print("| --- | ---: | ---: | ---: |")
        for name, settings in COMPARED.items():
            if options.only in name:
                print(row(name, measured(folder, settings)), flush=True)
    return 0


def row(name: str, found: dict[str, float]) -> str:
    """
    >>> row("a", {"rate": 0.0123, "seconds": 2.34, "peak": 800 << 20})
    '| a | 1.23 % | 2.3 | 800 |'
    """
    peak = int(found["peak"]) >> 20
    return f"| {name} | {100 * found['rate']:.2f} % | {found['seconds']:.1f} | {peak} |"


# --- pages -----------------------------------------------------------------------------------


def texts() -> list[str]:
    """Paragraphs of the sample documents, drawn with a fixed seed."""
    from index.errors import ReadError
    from index.reading import read, walk

    found: list[str] = []
    for path in walk([ROOT / "corpus" / "documents"]):
        try:
            found += (block.text for document in read(path) for block in document.blocks)
        except ReadError:
            continue
    found = [text for text in dict.fromkeys(found) if len(text) > 40]
    return random.Random(SEED).sample(sorted(found), len(found))


def scan(folder: Path, fonts: Sequence[Path], pages: int, *, small: bool = False) -> None:
    """Write scan.pdf and truth.json (the lines of each page) into `folder`."""
    chance = random.Random(SEED)
    waiting = texts()
    pictures, truth = [], []
    for number in range(pages):
        points = (SMALL_PRINT if small else POINTS)[number % len(POINTS)]
        lines: list[str] = []
        picture = printed(waiting, fonts[number % len(fonts)], points, lines)
        pictures.append(soiled(picture, chance, number, 2.0 if small else 1.2))
        truth.append(lines)
    first, *others = pictures
    first.save(folder / "scan.pdf", save_all=True, append_images=others, resolution=INK, quality=70)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")


def printed(waiting: list[str], font: Path, points: float, lines: list[str]) -> Any:
    """A page in grey with paragraphs taken from `waiting`; what stands in it goes to `lines`."""
    from PIL import Image, ImageDraw, ImageFont

    dot = INK / 72
    page = Image.new("L", (round(595 * dot), round(842 * dot)), 255)
    pen = ImageDraw.Draw(page)
    # the first face of a collection is Japanese or Chinese; both hold these characters
    type_ = ImageFont.truetype(str(font), round(points * dot), index=0)
    left, right, y = 80 * dot, 515 * dot, 80 * dot
    while waiting and y < 760 * dot:
        line, text = "　　", waiting.pop()
        for character in text:
            if type_.getlength(line + character) > right - left:
                if y > 760 * dot:
                    break
                pen.text((left, y), line, fill=20, font=type_)
                lines.append(line.strip())
                line, y = "", y + 1.75 * points * dot
            line += character
        if line.strip() and y <= 760 * dot:
            pen.text((left, y), line, fill=20, font=type_)
            lines.append(line.strip())
        y += 1.75 * points * dot
    return page


def soiled(page: Any, chance: random.Random, number: int, blur: float) -> Any:
    """The page as a scanner sees it: askew by up to 1.2 degrees, blurred, grey, with noise.

    blur: radius in pixels.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    page = page.rotate(chance.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor=255)
    page = page.filter(ImageFilter.GaussianBlur(blur))
    noise = np.random.default_rng(SEED + number)
    dots = np.asarray(page, dtype=np.float32) * 0.86 + 18
    dots += noise.normal(0, 14, dots.shape)
    page = Image.fromarray(np.clip(dots, 0, 255).astype(np.uint8))
    packed = io.BytesIO()
    page.save(packed, "JPEG", quality=60)
    return Image.open(packed)


# --- reading them ----------------------------------------------------------------------------


def measured(folder: Path, settings: Settings) -> dict[str, float]:
    """`rate`: edits for each true character; `seconds` of all cores a page; `peak`: bytes."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--worker", str(folder)],
        input=json.dumps(settings),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def work(folder: Path) -> None:
    """Read scan.pdf with the settings on standard input; the first page warms up, too."""
    from rapidfuzz.distance import Levenshtein
    from resident import peak_memory

    from index.reading.options import ReadOptions, using
    from index.reading.pages import pdf, recognition

    settings = json.loads(sys.stdin.read())
    pdf.DOTS_PER_INCH = settings.pop("dots")
    recognition.SETTINGS.update(settings)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    recognition._engine()
    began = time.process_time()
    with using(ReadOptions(recognise=True)):
        (document,) = pdf.read(folder / "scan.pdf")
    seconds = time.process_time() - began
    true = bare("".join(line for lines in truth for line in lines))
    # of the whole: a paragraph may go on over the page
    rate = Levenshtein.distance(true, bare("".join(block.text for block in document.blocks)))
    print(
        json.dumps(
            {
                "rate": rate / len(true),
                "seconds": seconds / len(truth),
                "peak": peak_memory(),
                "characters": len(true),
                "blocks": [block.text for block in document.blocks],
            }
        )
    )


def bare(text: str) -> str:
    """Without white, and with one form of each mark: how wide it is, no scan tells for sure."""
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    sys.exit(main())
