"""Lets a library load where libstdc++ lacks a version that it asks for: the request is marked as weak, so the loader goes on without
that version and takes its symbols from wherever they are.

  python3 weak_version.py libLibTorchSharp.so GLIBCXX_3.4.32
"""
import struct
import sys

VERSION_REQUESTS = 0x6FFFFFFE   # SHT_GNU_verneed
WEAK = 2                        # VER_FLG_WEAK


def chain(data, at, kind, next_field):
    """The records of a linked list: (where, its fields); the last one's link is 0."""
    while True:
        fields = struct.unpack_from(kind, data, at)
        yield at, fields
        if fields[next_field] == 0:
            return
        at += fields[next_field]


def mark(data, version):
    """Marks each request for the version; how many there were."""
    marked = 0
    table, count = struct.unpack_from("<Q", data, 0x28)[0], struct.unpack_from("<H", data, 0x3C)[0]
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, table + 64 * i) for i in range(count)]
    for section in sections:
        if section[1] != VERSION_REQUESTS:
            continue
        names = sections[section[6]][4]
        for library, (_, _, _, first, _) in chain(data, section[4], "<HHIII", 4):
            for request, (_, flags, _, name, _) in chain(data, library + first, "<IHHII", 4):
                text = data[names + name:data.index(0, names + name)].decode()
                if text == version:
                    struct.pack_into("<H", data, request + 4, flags | WEAK)
                    marked += 1
    return marked


def main():
    path, version = sys.argv[1:]
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if not mark(data, version):
        sys.exit(f"{path}: asks for no {version}")
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
