"""What `from index import …` promises is there, and nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import index


def test_every_name_that_is_offered_is_there() -> None:
    for name in index.__all__:
        assert getattr(index, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = index.no_such_name


def test_every_late_name_is_offered() -> None:
    assert set(index._LATE) < set(index.__all__)


@pytest.mark.parametrize(
    "before", ["pass", "import index.review", "from index.review import gather", "index.review"]
)
def test_review_is_called_whatever_was_imported_before(before: str) -> None:
    """The function and the folder bear one name, and Python gives whichever came last."""
    program = (
        f"import index\n{before}\nfrom index import review\nfrom index import review\n"
        "from index.review import judge\nassert callable(review)\nassert callable(judge)\n"
        "try:\n    review(None, '')\nexcept Exception as error:\n    print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert (done.stdout.strip(), done.stderr) == ("ReadError", "")


def test_the_face_alone_imports_nothing_heavy() -> None:
    program = (
        "import sys, index\nheavy = {'numpy', 'faiss', 'streamlit', 'torch', 'sqlite3', 'jieba'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stderr
