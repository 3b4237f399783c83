"""Presentations for the tests, as packages of raw XML."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_NAMES = (
    f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}" xmlns:dgm="{DGM}" xmlns:c="{CHART}" xmlns:mc="{MC}"'
)
_MIME = "application/vnd.openxmlformats-officedocument.presentationml"
_STRICT = {
    P: "http://purl.oclc.org/ooxml/presentationml/main",
    A: "http://purl.oclc.org/ooxml/drawingml/main",
    R: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    DGM: "http://purl.oclc.org/ooxml/drawingml/diagram",
    CHART: "http://purl.oclc.org/ooxml/drawingml/chart",
}


_MERGED = '<a:tc hMerge="1">'


def paragraph(text: str, properties: str = "") -> str:
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def shape(
    *texts: str, kind: str = "", top: int | None = None, left: int = 0, hidden: bool = False
) -> str:
    """A shape of paragraphs; those that begin with < are XML already."""
    mark = f'<p:ph type="{kind}"/>' if kind else ""
    size = '<a:ext cx="4000000" cy="200000"/>'
    place = "" if top is None else f'<a:xfrm><a:off x="{left}" y="{top}"/>{size}</a:xfrm>'
    lines = "".join(text if text.startswith("<") else paragraph(text) for text in texts)
    shown = ' hidden="1"' if hidden else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="9" name="n"{shown}/><p:cNvSpPr/>'
        f'<p:nvPr>{mark}</p:nvPr></p:nvSpPr><p:spPr>{place}<a:prstGeom prst="rect"/></p:spPr>'
        f"<p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
    )


def group(*shapes: str, top: int) -> str:
    measure = "".join(f'<a:{name} x="0" y="{top}"/>' for name in ("off", "chOff"))
    return (
        '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="8" name="g"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        f"<p:grpSpPr><a:xfrm>{measure}</a:xfrm></p:grpSpPr>{''.join(shapes)}</p:grpSp>"
    )


def frame(content: str, top: int) -> str:
    """A graphic frame; `content` is what stands in its a:graphicData."""
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="7" name="f"/><p:cNvGraphicFramePr/>'
        f'<p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="{top}"/>'
        '<a:ext cx="4000000" cy="800000"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="{A[:-4]}table">{content}</a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )


def table(*rows: tuple[str, ...], top: int) -> str:
    """A table; a cell that begins with ~ is merged into the one to its left."""
    body = ""
    for row in rows:
        cells = "".join(
            f"{_MERGED if text.startswith('~') else '<a:tc>'}"
            f"<a:txBody><a:bodyPr/>{paragraph(text.lstrip('~'))}</a:txBody><a:tcPr/></a:tc>"
            for text in row
        )
        body += f'<a:tr h="300000">{cells}</a:tr>'
    columns = '<a:gridCol w="2000000"/>' * len(rows[0])
    return frame(f"<a:tbl><a:tblPr/><a:tblGrid>{columns}</a:tblGrid>{body}</a:tbl>", top)


def presentation(
    path: Path,
    *slides: str,
    hidden: tuple[int, ...] = (),
    notes: Mapping[int, str] | None = None,
    diagrams: Mapping[int, str] | None = None,
    strict: bool = False,
) -> Path:
    """Write slides in this order under names in the opposite order.

    `notes`, `diagrams`: number of a slide -> shapes of its notes page, content of its
    dgm:dataModel (relation "dm").
    """
    count = len(slides)
    files: dict[str, str] = {}
    overrides = {"ppt/presentation.xml": "presentation.main"}
    links = ""
    for i, slide in enumerate(slides):
        name = f"slide{count - i}.xml"
        links += f'<Relationship Id="s{i}" Type="{R}/slide" Target="slides/{name}"/>'
        overrides[f"ppt/slides/{name}"] = "slide"
        show = ' show="0"' if i + 1 in hidden else ""
        files[f"ppt/slides/{name}"] = (
            f"<p:sld {_NAMES}{show}><p:cSld><p:spTree><p:nvGrpSpPr>"
            '<p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
            f"{slide}</p:spTree></p:cSld></p:sld>"
        )
        own = ""
        if notes and i + 1 in notes:
            own += f'<Relationship Id="n" Type="{R}/notesSlide" Target="../notesSlides/{name}"/>'
            files[f"ppt/notesSlides/{name}"] = (
                f"<p:notes {_NAMES}><p:cSld><p:spTree>{notes[i + 1]}</p:spTree></p:cSld></p:notes>"
            )
        if diagrams and i + 1 in diagrams:
            own += f'<Relationship Id="dm" Type="{R}/diagramData" Target="../diagrams/{name}"/>'
            files[f"ppt/diagrams/{name}"] = (
                f"<dgm:dataModel {_NAMES}>{diagrams[i + 1]}</dgm:dataModel>"
            )
        if own:
            files[f"ppt/slides/_rels/{name}.rels"] = (
                f'<Relationships xmlns="{PACKAGE}">{own}</Relationships>'
            )
    ids = "".join(f'<p:sldId id="{256 + i}" r:id="s{i}"/>' for i in range(count))
    files |= {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/{part}" ContentType="{_MIME}.{kind}+xml"/>'
            for part, kind in overrides.items()
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{R}/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        "ppt/presentation.xml": f"<p:presentation {_NAMES}><p:sldIdLst>{ids}</p:sldIdLst>"
        '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f"{links}</Relationships>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for member, content in files.items():
            for usual, name in _STRICT.items() if strict else ():
                content = content.replace(usual, name)
            package.writestr(member, content)
    return path
