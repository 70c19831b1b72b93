namespace Evenkeel.Data.Tests;

internal static class Placeholder;
