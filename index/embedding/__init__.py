"""Text to vectors: the `Encoder` protocol and everything that implements it.

Importing this package is cheap; a model and its libraries are loaded by `open_encoder`.
"""

from __future__ import annotations

from index.embedding.opening import encoder_name, open_encoder
from index.embedding.protocol import Encoder

__all__ = ["Encoder", "encoder_name", "open_encoder"]
