"""The bytes between parent and child: a length (8 bytes, little-endian), then a pickle.

Children handle foreign files, so the parent builds nothing but the values of `datatypes` from what
they send; a child that was taken over cannot make it run code.
"""

from __future__ import annotations

import io
import pickle
import struct
from typing import IO, Any

_LENGTH = struct.Struct("<Q")
GREATEST_MESSAGE = 1 << 30


class _ValuesOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == "index.datatypes" and "." not in name:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def send(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=5)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError at the end, UnpicklingError where it is none."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    if length > GREATEST_MESSAGE:
        raise pickle.UnpicklingError("too long")
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return _ValuesOnly(io.BytesIO(data)).load()
