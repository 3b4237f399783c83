"""Vectors by passage id: the protocol, the exact store, and the files it is kept in.

Everything here is a shadow of the catalogue and can be made again from it. A new kind of store is
one file beside `exact.py` and one row in the fixture of `tests/vectors/test_contract.py`.
"""

from __future__ import annotations

from index.vectors.exact import ExactStore
from index.vectors.generations import Generation, Generations
from index.vectors.protocol import VectorStore

__all__ = ["ExactStore", "Generation", "Generations", "VectorStore"]
