// Arrays of float32 in NumPy's format, as much of it as numpy.save and Evenkeel write.
import { readFileSync, writeFileSync } from "node:fs";

export function readNpy(path) {
  const file = readFileSync(path);
  const length = file.readUInt16LE(8);
  const header = file.toString("latin1", 10, 10 + length);
  if (!header.includes("'<f4'") || header.includes("True")) throw new Error(`${path}: not float32 in row order`);
  const dims = header.match(/\(([^)]*)\)/)[1].split(",").map((s) => s.trim()).filter(Boolean).map(Number);
  const bytes = file.subarray(10 + length);
  return { dims, data: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) };
}

export function writeNpy(path, dims, data) {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(", ");
  let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  header = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + "\n";
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  writeFileSync(path, Buffer.concat([begin, Buffer.from(header, "latin1"), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}
