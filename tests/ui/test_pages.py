"""The frame of the pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED = "import sys, index.ui.pages; print(*sorted({'altair', 'pandas'} & set(sys.modules)))"


def test_the_first_search_does_not_wait_for_what_other_pages_draw_with() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == ""
