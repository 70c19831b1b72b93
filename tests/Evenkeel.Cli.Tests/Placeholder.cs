namespace Evenkeel.Cli.Tests;

internal static class Placeholder;
