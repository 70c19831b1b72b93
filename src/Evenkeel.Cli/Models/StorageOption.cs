using System.CommandLine;
using Evenkeel.Graphs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary><c>--keep-activations</c>: how training stores activations until the backward pass reads them.</summary>
internal static class StorageOption
{
    /// <summary>The option's words, as a configuration has them; null where it is not given.</summary>
    public static Option<string?> Create() =>
        new Option<string?>("--keep-activations")
        {
            Description =
                "How training stores activations for the backward pass: float32, or bf16 in half the memory (docs/memory.md)",
        }.AcceptOnlyFromAmong([.. RunConfigReader.Storages.Keys]);

    /// <summary>What was asked for.</summary>
    public static ElementType? Read(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is { } word ? RunConfigReader.Storages[word] : null;
}
