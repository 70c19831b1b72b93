namespace Evenkeel.Architecture.Tests;

internal static class Placeholder;
