"""What the tests of scripts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.stub import Stub


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    return Stub(tmp_path)
