// Runs an ONNX model in ONNX Runtime:  node run_onnx.mjs model.onnx input.npy output.npy
// The first input is fed, the first output written.
import ort from "onnxruntime-node";
import { readNpy, writeNpy } from "./npy.mjs";

const [model, input, output] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model);
const { dims, data } = readNpy(input);
const result = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", data, dims) });
const first = result[session.outputNames[0]];
writeNpy(output, first.dims, first.data);
