using System.Globalization;
using System.Runtime.InteropServices;
using Evenkeel.Bench;
using Evenkeel.Bench.Hostile;
using Evenkeel.Bench.LibTorch;
using Evenkeel.Kernels.Lanes;

if (CleanStart.Relaunched(args) is { } exitCode)
    return exitCode;

// The process that FirstPrediction starts for its peer.
if (args is [FirstPrediction.PeerVerb, var model, var input, var output])
{
    FirstPrediction.RunPeer(model, input, output);
    return 0;
}

// The process that is timed beside libtorch.
if (args is [EvenkeelSteps.Verb, .. var timed])
{
    EvenkeelSteps.Serve(timed);
    return 0;
}

// The processes that the hostile trials of the library run in.
if (args is [LibraryTrials.Verb, var trial])
    return LibraryTrials.Run(trial);

BenchArguments asked;
try
{
    asked = BenchArguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message} --help says more.");
    return 2;
}

if (asked.Help)
{
    BenchArguments.WriteHelp(Console.Out);
    return 0;
}

// Ranks that do not print are processes of their own.
TextWriter shown = BenchRanks.IsFirst ? Console.Out : TextWriter.Null;
shown.WriteLine($"# {Machine.Processor}");
shown.WriteLine();
shown.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, vectors of {VectorWidth.Words}; {Machine.Peers()}."
    )
);
bool right = true;
foreach (BenchPart part in asked.Parts)
{
    shown.WriteLine($"\n## {part.About}\n");
    right &= part.Run(asked);
}

return right ? 0 : 1;
