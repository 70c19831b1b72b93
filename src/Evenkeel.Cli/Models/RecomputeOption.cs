using System.CommandLine;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Models;

/// <summary><c>--recompute</c>: how much of the convolutions' work training does again to keep fewer activations.</summary>
internal static class RecomputeOption
{
    public static Option<double?> Create() =>
        new Option<double?>("--recompute")
        {
            Description =
                "Share of the convolutions' forward work that the backward pass may do again to save memory, 0 to 1 (docs/memory.md)",
        }.Within(0, 1);
}
