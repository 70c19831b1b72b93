namespace Evenkeel.Data.Tests.Files;

/// <summary>Where the published data sets lie, for tests that read them.</summary>
internal static class RealData
{
    /// <summary>A folder of the folder that EVENKEEL_DATA names; without it the test is skipped.</summary>
    public static string Folder(string name)
    {
        string? root = Environment.GetEnvironmentVariable("EVENKEEL_DATA");
        if (string.IsNullOrEmpty(root))
            Assert.Skip($"EVENKEEL_DATA does not name a folder with {name}/ in it.");
        return Path.Combine(root, name);
    }
}
