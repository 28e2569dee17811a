"""Safetensors files with the standard library alone: tensors as (type, shape, flat list)."""
import json
import struct

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "U8": "B", "I8": "b", "U32": "I", "F16": "e"}


def bf16_bits(x):
    """Upper half of the float, rounded to nearest even."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def bf16(x):
    return struct.unpack("<f", struct.pack("<I", bf16_bits(x) << 16))[0]


def write(path, tensors):
    header, data = {}, b""
    # Wider elements first, so that every tensor is aligned.
    for name, (kind, values) in sorted(tensors.items(), key=lambda item: -width(item[1][0])):
        if kind == "BF16":
            raw = struct.pack("<%dH" % len(values), *map(bf16_bits, values))
        else:
            raw = struct.pack("<%d%s" % (len(values), FORMATS[kind]), *values)
        header[name] = {"dtype": kind, "shape": [len(values)], "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def width(kind):
    return 2 if kind == "BF16" else struct.calcsize(FORMATS[kind])


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    size = struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8:8 + size]).items():
        begin, end = entry["data_offsets"]
        part = raw[8 + size + begin:8 + size + end]
        count = (end - begin) // width(entry["dtype"])
        if entry["dtype"] == "BF16":
            tensors[name] = [struct.unpack("<f", struct.pack("<I", bits << 16))[0] for bits in struct.unpack("<%dH" % count, part)]
        else:
            tensors[name] = list(struct.unpack("<%d%s" % (count, FORMATS[entry["dtype"]]), part))
    return tensors
