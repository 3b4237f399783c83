"""Writes OFD files (GB/T 33190) for the tests: a package with documents, templates and pages."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

NAMESPACE = "http://www.ofdspec.org/2016"
SIZE = 5.6
"""Millimetres: the usual size of text, about 16 points."""
LEFT, TOP, PITCH, WIDTH = 31.0, 40.0, 8.5, 26

Text = tuple[str, float, float]
"""Text, and where (mm from the left and from the top) its base line begins."""


def text_object(text: str, x: float, y: float, *, size: float = SIZE, ctm: str = "") -> str:
    """One line; all steps equal, so that they are written as a repetition."""
    steps = f'DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
    matrix = f'CTM="{ctm}"' if ctm else ""
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y - size} 200 {size * 1.2}" Font="2" '
        f'Size="{size}" {matrix}><ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1">'
        f"<ofd:Glyphs>77</ofd:Glyphs></ofd:CGTransform>"
        f'<ofd:TextCode X="0" Y="{size}" {steps}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def laid_out(paragraphs: Sequence[str]) -> list[Text]:
    """Paragraphs as lines of WIDTH characters, the first of each set in by two."""
    lines: list[Text] = []
    for text in paragraphs:
        cut = WIDTH - 2
        pieces = [text[:cut], *(text[i : i + WIDTH] for i in range(cut, len(text), WIDTH))]
        for i, piece in enumerate(pieces):
            x = LEFT + (2 * SIZE if i == 0 else 0)
            lines.append((piece, x, TOP + PITCH * len(lines)))
    return lines


def write_ofd(
    path: Path,
    documents: Sequence[Sequence[str]],
    *,
    template: str = "",
    title: str = "",
    namespace: str = NAMESPACE,
    extra: dict[str, str] | None = None,
) -> Path:
    """`documents`: for each its pages, a page as the XML of its objects."""
    root = f'xmlns:ofd="{namespace}"'
    parts: dict[str, str] = {}
    bodies = []
    for d, pages in enumerate(documents):
        bodies.append(
            f"<ofd:DocBody><ofd:DocInfo><ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo>"
            f"<ofd:DocRoot>Doc_{d}/Document.xml</ofd:DocRoot></ofd:DocBody>"
        )
        entries = "".join(
            f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages))
        )
        parts[f"Doc_{d}/Document.xml"] = (
            f"<ofd:Document {root}><ofd:CommonData><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            '<ofd:TemplatePage ID="900" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
            f"</ofd:CommonData><ofd:Pages>{entries}</ofd:Pages></ofd:Document>"
        )
        parts[f"Doc_{d}/Tpls/Tpl_0/Content.xml"] = _page(root, template, "")
        for i, objects in enumerate(pages):
            parts[f"Doc_{d}/Pages/Page_{i}/Content.xml"] = _page(
                root, objects, '<ofd:Template TemplateID="900" ZOrder="Background"/>'
            )
    parts["OFD.xml"] = f'<ofd:OFD {root} Version="1.0" DocType="OFD">{"".join(bodies)}</ofd:OFD>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts, **(extra or {})}.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def _page(root: str, objects: str, template: str) -> str:
    return (
        f"<ofd:Page {root}>{template}<ofd:Content>"
        f'<ofd:Layer ID="5">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )
