namespace Evenkeel.Tests;

internal static class Placeholder;
