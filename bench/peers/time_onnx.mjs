// Times an ONNX model in ONNX Runtime:  node time_onnx.mjs model.onnx --dims 1,3,224,224 --threads 1 [--seconds 3]
// Prints one JSON line: median and least seconds of a run.
import ort from "onnxruntime-node";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const dims = option("--dims").split(",").map(Number);
const threads = Number(option("--threads", "1"));
const seconds = Number(option("--seconds", "3"));
const session = await ort.InferenceSession.create(process.argv[2], {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
});
const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", data, dims) };
for (let i = 0; i < 3; i++) await session.run(feeds);
const times = [];
const begin = performance.now();
while (times.length < 5 || (performance.now() - begin < seconds * 1e3 && times.length < 1000)) {
  const before = performance.now();
  await session.run(feeds);
  times.push((performance.now() - before) / 1e3);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ run_s_median: times[times.length >> 1], run_s_min: times[0], runs: times.length }));
