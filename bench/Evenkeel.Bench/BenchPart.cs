using Evenkeel.Bench.Hostile;
using Evenkeel.Bench.LibTorch;
using Evenkeel.Bench.RankKills;

namespace Evenkeel.Bench;

/// <summary>One of the measurements.</summary>
/// <param name="Name">The word that asks for it.</param>
/// <param name="About">What is measured, for people.</param>
/// <param name="IsUsual">Whether it is run where no part is asked for.</param>
/// <param name="Run">Prints it; false if something is wrong that no figure shows.</param>
internal sealed record BenchPart(string Name, string About, bool IsUsual, Func<BenchArguments, bool> Run)
{
    private static readonly string Peers = RepositoryFolder.Of("bench", "peers");

    /// <summary>All parts, in the order in which they are run.</summary>
    public static IReadOnlyList<BenchPart> All { get; } =
    [
        Usual("step", "Training step, beside PyTorch", a => TrainingStepBench.Run(Console.Out, a.Rounds, Peers)),
        Usual("product", "Matrix product, beside OpenBLAS", _ => MatrixProductBench.Run(Console.Out)),
        Usual(
            "norm",
            "Batch normalisation with ReLU, beside oneDNN",
            a => Each(a.Threads, threads => BatchNormBench.Run(Console.Out, threads, a.Rounds, null))
        ),
        Asked(
            "whitening",
            "Layers that whiten, beside batch normalisation",
            a => Each(a.Threads, threads => WhiteningBench.Run(Console.Out, threads))
        ),
        Usual(
            "conv",
            "Convolution, beside PyTorch",
            a =>
                Each(
                    a.Threads,
                    threads => ConvolutionBench.Run(Console.Out, threads, a.Rounds, a.Text("--filter"), Peers)
                )
        ),
        Asked(
            "errors",
            "Rounding errors of convolutions with fewer multiplications",
            _ => ConvolutionErrors.Run(Console.Out)
        ),
        Usual(
            "inception",
            "BN-Inception at 224x224, beside PyTorch",
            a => Each(a.Threads, threads => InceptionBench.Run(Console.Out, threads, a.Rounds, Peers))
        ),
        new(
            "libtorch",
            "Training steps, beside libtorch",
            true,
            a => LibTorchBench.Run(Console.Out, a.Threads, a.Rounds, a.Text("--filter"), Peers, a.Share("--recompute"))
        ),
        Asked(
            "roofline",
            "Kernels of a training step, beside what the machine can do",
            a => Each(a.Threads, threads => RooflineBench.Run(Console.Out, threads, a.Text("--filter")))
        ),
        Asked(
            "lines",
            "What two threads cost each other, by the lines they share",
            _ => SharedLinesBench.Run(Console.Out)
        ),
        Usual(
            "inference",
            "Inference, batch normalisation folded, beside ONNX Runtime",
            a => InferenceBench.Run(Console.Out, a.Threads, a.Rounds, a.Text("--models"), a.Text("--filter"))
        ),
        Usual(
            "first",
            "Start of a process to its first prediction, BN-Inception, one image",
            _ => FirstPrediction.Run(Console.Out, Peers)
        ),
        new(
            "published",
            "Pre-trained models as published on npm and NuGet, beside ONNX Runtime",
            false,
            _ => PublishedModels.Run(Console.Out)
        ),
        Asked(
            "jpeg",
            "Decoding of JPEG files, beside libjpeg-turbo",
            a => JpegBench.Run(Console.Out, a.Rounds, a.Text("--images"))
        ),
        Asked(
            "ranks",
            "Training step of two ranks beside one, and as predicted; threads, or processes of mpirun",
            a => RanksBench.Run(Console.Out, a.Rounds, a.Text("--filter"))
        ),
        Asked("links", "Swap between two ranks: threads, or processes of mpirun", _ => LinkBench.Run(Console.Out)),
        Asked(
            "scale-ranks",
            "What ranks send, and how they scale over published links, computed",
            a => RankScalingBench.Run(Console.Out, a.Number("--speed"))
        ),
        Asked(
            "scale",
            "Time from a file to a plan against the number of nodes",
            a => ScaleBench.Run(Console.Out, a.Number("--nodes"))
        ),
        new(
            "torture",
            "Random calls from eight threads, objects disposed of at any moment",
            false,
            a => TortureBench.Run(Console.Out, a.Number("--minutes"), a.Number("--seed"))
        ),
        new(
            "fuzz",
            "Damaged files of every format, each read or refused",
            false,
            a =>
                a.Text("--case").Length > 0
                    ? FuzzBench.Repeat(Console.Out, a.Number("--case"), a.Number("--seed"), a.Text("--format"))
                    : FuzzBench.Run(Console.Out, a.Number("--cases"), a.Number("--seed"), a.Text("--format"))
        ),
        new(
            "rank-kills",
            "Ranks killed at random moments, and runs that go on",
            false,
            a => RankKillsBench.Run(Console.Out, a.Number("--kills"), a.Number("--seed"))
        ),
        new(
            "hostile",
            "Hostile surroundings: files made to hurt, streams and disks that fail",
            false,
            a => HostileBench.Run(Console.Out, a.Text("--filter"))
        ),
    ];

    private static BenchPart Usual(string name, string about, Action<BenchArguments> run) =>
        Asked(name, about, run) with
        {
            IsUsual = true,
        };

    private static BenchPart Asked(string name, string about, Action<BenchArguments> run) =>
        new(
            name,
            about,
            false,
            arguments =>
            {
                run(arguments);
                return true;
            }
        );

    private static void Each(int[] threadCounts, Action<int> run)
    {
        for (int i = 0; i < threadCounts.Length; i++)
        {
            if (i > 0)
                Console.WriteLine();
            run(threadCounts[i]);
        }
    }
}
