"""The product shows evidence and passes no verdict: no such word stands anywhere in it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERDICTS = re.compile("抄袭|剽窃|洗稿|造假|作弊|学术不端|plagiari", re.IGNORECASE)
TEXTS = {".py", ".jinja", ".css", ".js", ".toml", ".txt", ".md", ".svg"}


def test_no_word_of_verdict_stands_in_the_product() -> None:
    files = [path for path in (ROOT / "index").rglob("*") if path.suffix in TEXTS]
    files += [ROOT / "app.py", *ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
    assert len(files) > 200
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        if (match := VERDICTS.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []
