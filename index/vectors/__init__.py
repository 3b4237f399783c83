"""Vectors by passage id: the protocol, the stores, and the files they are kept in.

Everything here is a shadow of the catalogue and can be made again from it. A new kind of store is
one file beside `exact.py` and `inverted.py` and one row in the fixture of
`tests/vectors/test_contract.py`.
"""

from __future__ import annotations

from index.vectors.exact import ExactStore
from index.vectors.generations import Generation, Generations, Loaded, StoredPart
from index.vectors.inverted import InvertedStore, Stopped
from index.vectors.layered import LayeredStore
from index.vectors.parts import Joined, Part, store_of
from index.vectors.protocol import VectorStore

__all__ = [
    "ExactStore",
    "Generation",
    "Generations",
    "InvertedStore",
    "Joined",
    "LayeredStore",
    "Loaded",
    "Part",
    "Stopped",
    "StoredPart",
    "VectorStore",
    "store_of",
]
