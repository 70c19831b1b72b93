using System.Diagnostics;
using System.Text.Json;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>What a run of the tool gave.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>The lines on standard error, without those that a slow machine adds: what takes long to read or plan is announced.</summary>
    public string[] ErrorLines =>
        [
            .. Error
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.EndsWith(" ...", StringComparison.Ordinal)),
        ];

    /// <summary>The only one of them; fails if there are more, or if it is a stack trace.</summary>
    public string ErrorLine => Assert.Single(ErrorLines);

    public Outcome Expect(int code)
    {
        Assert.True(Code == code, $"exit {Code}, expected {code}; out: {Out}; error: {Error}");
        return this;
    }
}

/// <summary>Runs the tool in this process, or as a process of its own.</summary>
internal static class Shell
{
    public static Outcome Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Tool.Run(args, output, error);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>A run that is interrupted before its first step, or later by the given source.</summary>
    public static Outcome RunInterrupted(CancellationTokenSource source, params string[] args)
    {
        Interruption.Use(source);
        try
        {
            return Run(args);
        }
        finally
        {
            Interruption.Use(null);
        }
    }

    /// <summary>Starts a process of the tool.</summary>
    public static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(Tool).Assembly.Location);
        foreach (string arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    /// <summary>Starts a process of the tool in a shell, under limits that it sets or with streams that it redirects.</summary>
    /// <param name="before">Commands before it, such as <c>ulimit -n 64</c>; may be empty.</param>
    /// <param name="redirections">Such as <c>2>/dev/full</c>; may be empty.</param>
    /// <param name="args">The tool's arguments.</param>
    public static Process StartIn(string before, string redirections, params string[] args)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        string first = before.Length > 0 ? $"{before}; " : "";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{first}exec dotnet \"$@\" {redirections}");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(typeof(Tool).Assembly.Location);
        foreach (string arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process and gathers what it wrote.</summary>
    public static Outcome Finish(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }
}
