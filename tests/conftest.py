"""Fixtures shared by all tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
"""Real texts for measuring, outside the repository; tests that use them are skipped without it."""

# Everyone's run tries the same examples, however slow the machine; who looks for new ones runs
# pytest with --hypothesis-profile=seeking.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("seeking", deadline=None)
hypothesis.settings.load_profile("same")


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the shared data is not at {SHARED}")
    return SHARED


@pytest.fixture
def cases() -> Path:
    return ROOT / "tests" / "cases"


Printed = Callable[[str], Image.Image]


@pytest.fixture
def printed(tmp_path: Path) -> Printed:
    """A page of A4 at 200 dots an inch with a paragraph of 16 points, its first line indented."""

    def page(text: str) -> Image.Image:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        path = tmp_path / "printed.pdf"
        canvas = Canvas(str(path), pagesize=A4)
        canvas.setFont("STSong-Light", 16)
        lines = ["　　" + text[:26], *(text[at : at + 28] for at in range(26, len(text), 28))]
        for number, line in enumerate(lines):
            canvas.drawString(74, 700 - 28 * number, line)
        canvas.save()
        with pypdfium2.PdfDocument(path) as pdf:
            picture: Image.Image = pdf[0].render(scale=200 / 72).to_pil().convert("L")
        if text and picture.getextrema()[0] == 255:
            pytest.skip("no Chinese font is installed")
        return picture

    return page


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[[Sequence[Image.Image]], Path]:
    """Write a PDF of nothing but pictures of pages."""

    def write(pages: Sequence[Image.Image], name: str = "扫描.pdf") -> Path:
        first, *others = pages
        first.save(tmp_path / name, save_all=True, append_images=others, resolution=200)
        return tmp_path / name

    return write
