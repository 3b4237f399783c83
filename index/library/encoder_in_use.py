"""The encoder that this process uses, and whether it is the one that made the library's vectors."""

from __future__ import annotations

import threading

from index.catalogue import Catalogue
from index.embedding import Encoder, encoder_name, open_encoder
from index.errors import EncoderMismatch
from index.settings import Settings


class EncoderInUse:
    """Opened at first use: names are compared, and most things done, without loading a model."""

    def __init__(self, given: Encoder | None, settings: Settings, catalogue: Catalogue) -> None:
        """`given=None`: the one that the settings name."""
        self._encoder = given
        self._settings = settings
        self._catalogue = catalogue
        self._lock = threading.Lock()  # opening a model takes seconds; words need none

    @property
    def name(self) -> str:
        if self._encoder is not None:
            return self._encoder.name
        return encoder_name(self._settings)

    def check(self) -> None:
        """Raise EncoderMismatch where the library's vectors are another encoder's."""
        expected, found = self._catalogue.facts.encoder, self.name
        if expected != found:
            raise EncoderMismatch(
                f"资料库的向量由模型“{expected}”生成，现在使用的是“{found}”，两者不能混用。"
                "请改回原来的模型，或运行“重建”并选择重新编码（xunzhang rebuild --reencode）；"
                "在此之前仍可按关键词搜索。",
                expected=expected,
                found=found,
            )

    def adopt(self) -> None:
        """Let a library that holds nothing yet take this encoder, then `check`."""
        name = self.name
        if name != self._catalogue.facts.encoder and not self._catalogue.documents.totals()[2]:
            with self._catalogue.change():
                self._catalogue.facts.encoder = name
        self.check()

    def matching(self) -> Encoder:
        """The encoder, surely the library's own. Raises EncoderMismatch."""
        self.check()
        return self.opened()

    def opened(self) -> Encoder:
        """The encoder, whichever it is."""
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(settings=self._settings)
            return self._encoder
