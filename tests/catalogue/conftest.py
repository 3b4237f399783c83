from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "catalogue.sqlite")
    opened.migrate()
    yield opened
    opened.close()
