"""The safetensors format in a few lines: 8 bytes of header length, a JSON header, the tensors' bytes (little-endian, row-major)."""
import ctypes
import json
import os
import struct

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8}
NAMES = {dtype: name for name, dtype in TYPES.items()}


def save(path, tensors, metadata):
    """tensors: name -> tensor; metadata: name -> str. Widest types first, so that every tensor is aligned."""
    header, offset, parts = {"__metadata__": metadata}, 0, []
    for name in sorted(tensors, key=lambda n: (-tensors[n].element_size(), n)):
        tensor = tensors[name].detach().contiguous()
        content = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(content)]}
        offset += len(content)
        parts.append(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".tmp", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".tmp", path)


def load(path):
    """(tensors, metadata)"""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    metadata, tensors = header.pop("__metadata__", {}), {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(content[start + first:start + last]), dtype=TYPES[entry["dtype"]]) if last > first \
            else torch.empty(0, dtype=TYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata
