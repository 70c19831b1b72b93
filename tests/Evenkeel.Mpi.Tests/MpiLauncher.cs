using System.Diagnostics;
using Evenkeel.RankProgram;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>How a process or a set of processes ended.</summary>
internal sealed record Outcome(int Code, string Out, string Error, TimeSpan Took)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override string ToString() => $"exit {Code} after {Took.TotalSeconds:F1} s\nout: {Out}\nerror: {Error}";
}

/// <summary>Runs programs under launchers of MPI.</summary>
internal static class MpiLauncher
{
    private const int MostSeconds = 300;

    /// <summary>A family; skips the test if it is not installed.</summary>
    public static MpiFamily Family(string name)
    {
        MpiFamily family = MpiFamily.All[name];
        Assert.SkipWhen(family.Command is null, $"{name} is not installed, and {MpiFamily.Variable} may name others");
        return family;
    }

    /// <summary>Runs the program of ranks; skips the test if there is no launcher.</summary>
    public static Outcome Start(
        string family,
        int ranks,
        string what,
        params (string Name, string Value)[] variables
    ) => Run(Family(family).Launch((ranks, ["dotnet", typeof(Contract).Assembly.Location, what])), variables);

    /// <summary>Runs the program as one process, without a launcher.</summary>
    public static Outcome StartAlone(string what, params (string Name, string Value)[] variables) =>
        Run(
            MpiFamily.WithVariables(new ProcessStartInfo("dotnet", [typeof(Contract).Assembly.Location, what])),
            variables
        );

    /// <summary>Runs whatever it is to its end.</summary>
    /// <param name="start">What is started.</param>
    /// <param name="variables">More of its environment.</param>
    /// <param name="meanwhile">Interferes, once it is started.</param>
    public static Outcome Run(
        ProcessStartInfo start,
        (string Name, string Value)[] variables,
        Action<Process>? meanwhile = null
    )
    {
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        meanwhile?.Invoke(process);
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(MostSeconds));
        if (!ended)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        var outcome = new Outcome(process.ExitCode, output.Result, error.Result, watch.Elapsed);
        Assert.True(ended, $"{start.FileName} {string.Join(' ', start.ArgumentList)} hangs: {outcome}");
        return outcome;
    }
}
