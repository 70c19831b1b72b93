namespace Evenkeel.Reporting.Tests;

internal static class Placeholder;
