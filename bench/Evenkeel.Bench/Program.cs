using System.Globalization;
using System.Runtime.InteropServices;
using Evenkeel.Bench;
using Evenkeel.Kernels.Reference;

// Prints the ratios to all peers as markdown: dotnet run -c Release --project bench/Evenkeel.Bench [step] [product] [norm] [conv] [inception] [inference] [first] [--rounds N].
// For inference: [--models FOLDER], further networks as ONNX files (bench/peers/export_networks.py writes some).
// For conv and inception: [--threads 1,2]; for conv: [--filter TEXT], part of a shape's name such as "3x3" or "@14".
// Damaged files alone: fuzz [--count 10000] [--seed 1]; exit code 1 if a reader does anything but read or refuse.
// What to install is in bench/peers/README.md; a peer that is absent is left out and said to be.
if (CleanStart.Relaunched(args) is { } exitCode)
    return exitCode;
string Option(string name, string otherwise) =>
    Array.IndexOf(args, name) is >= 0 and int place ? args[place + 1] : otherwise;
int Number(string name, string otherwise) => int.Parse(Option(name, otherwise), CultureInfo.InvariantCulture);
if (args is [FirstPrediction.PeerVerb, var model, var input, var output])
{
    FirstPrediction.RunPeer(model, input, output);
    return 0;
}

if (args.Contains("fuzz"))
    return FuzzBench.Run(Console.Out, Number("--count", "10000"), Number("--seed", "1")) ? 0 : 1;
int rounds = Number("--rounds", "3");
string[] known = ["step", "product", "norm", "conv", "inception", "inference", "first"];
string[] parts = [.. args.Where(known.Contains)];
bool Wanted(string part) => parts.Length == 0 || parts.Contains(part);
string peers = RepositoryFolder.Of("bench", "peers");

Console.WriteLine($"# {Machine.Processor}");
Console.WriteLine();
Console.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, vectors of {SelfCheck.VectorWidth}; {Machine.Peers()}."
    )
);
int[] threadCounts = [.. Option("--threads", "1,2").Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
if (Wanted("step"))
{
    Console.WriteLine("\n## Training step, beside PyTorch\n");
    TrainingStepBench.Run(Console.Out, rounds, peers);
}

if (Wanted("product"))
{
    Console.WriteLine("\n## Matrix product, beside OpenBLAS\n");
    MatrixProductBench.Run(Console.Out);
}

if (Wanted("norm"))
{
    Console.WriteLine("\n## Batch normalisation with ReLU, beside oneDNN\n");
    foreach (int threads in threadCounts)
        BatchNormBench.Run(Console.Out, threads, rounds, null);
}

if (Wanted("conv"))
{
    Console.WriteLine("\n## Convolution, beside PyTorch\n");
    foreach (int threads in threadCounts)
        ConvolutionBench.Run(Console.Out, threads, rounds, Option("--filter", ""), peers);
}

if (Wanted("inception"))
{
    Console.WriteLine("\n## BN-Inception at 224x224, beside PyTorch");
    foreach (int threads in threadCounts)
    {
        Console.WriteLine();
        InceptionBench.Run(Console.Out, threads, rounds, peers);
    }
}

if (Wanted("inference"))
{
    Console.WriteLine("\n## Inference, batch normalisation folded, beside ONNX Runtime\n");
    InferenceBench.Run(Console.Out, rounds, Option("--models", ""));
}

if (Wanted("first"))
{
    Console.WriteLine("\n## Start of a process to its first prediction, BN-Inception, one image\n");
    FirstPrediction.Run(Console.Out, peers);
}

return 0;
