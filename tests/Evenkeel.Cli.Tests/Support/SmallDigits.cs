namespace Evenkeel.Cli.Tests.Support;

/// <summary>A few of the generated digits, written once: to make all 70,000 takes longer than what some experiments do with them.</summary>
internal static class SmallDigits
{
    private static readonly Lazy<string> Made = new(() =>
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "small-digits");
        MnistFolder.Create(
            folder,
            Digits.GenerateTrain(4000, PixelEncoding.UnitScale),
            Digits.GenerateTest(1000, PixelEncoding.UnitScale)
        );
        return folder;
    });

    /// <summary>The options of experiments that take them.</summary>
    public static string[] Options => ["--data", Made.Value];
}
