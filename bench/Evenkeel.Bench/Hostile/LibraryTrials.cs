using System.Diagnostics;
using Evenkeel.Onnx;
using Evenkeel.Testing;

namespace Evenkeel.Bench.Hostile;

/// <summary>Trials of the library, each in a process of its own that this program starts of itself.</summary>
internal static class LibraryTrials
{
    /// <summary>What makes this program run one trial: <c>hostile-library NAME</c>.</summary>
    public const string Verb = "hostile-library";

    private const int Predictors = 200;

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        new("threads left behind", "200 predictors that nobody disposed", "exec $LIB predictors", 0)
        {
            MostSeconds = 20,
            MostMebibytes = 300,
        },
    ];

    /// <summary>Runs a trial.</summary>
    /// <returns>The exit code: 0 where all is right.</returns>
    public static int Run(string name) =>
        name switch
        {
            "predictors" => LeavePredictors(),
            "endless-onnx" => ReadEndlessOnnx(),
            _ => throw new ArgumentException($"'{name}' is no trial."),
        };

    private static int LeavePredictors()
    {
        using var model = Model.Create(Network.Input(4).Linear(3).Build(), 1);
        int before = Threads();
        for (int i = 0; i < Predictors; i++)
            Leave(model);
        int left = Threads();
        for (int i = 0; i < 50 && left > before + 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(100);
            left = Threads();
        }

        Console.WriteLine($"{before} threads before, {left} after {Predictors} predictors were left");
        return left <= before + 8 ? 0 : 1;
    }

    private static void Leave(Model model) => new Predictor(model, 4, threads: 4).Predict(new float[4]);

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    private static int ReadEndlessOnnx()
    {
        using var endless = new EndlessStream([], [0]);
        try
        {
            OnnxModel.Load(endless, new OnnxImportOptions { MaxFileBytes = 50_000_000 }).Dispose();
            return 1;
        }
        catch (OnnxException e)
        {
            Console.WriteLine(e.Message);
            return endless.Given < 60_000_000 ? 0 : 1;
        }
    }
}
