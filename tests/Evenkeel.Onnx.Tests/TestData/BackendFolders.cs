namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>Where ONNX's own test data lie: named by EVENKEEL_ONNX_DATA, or where Debian's libonnx-testdata puts them.</summary>
internal static class BackendFolders
{
    public const string Variable = "EVENKEEL_ONNX_DATA";
    private const string Installed = "/usr/share/libonnx-testdata/data";

    /// <summary>The folders of a group of cases; skips the test if there are none.</summary>
    public static string[] Of(string group)
    {
        string root = Environment.GetEnvironmentVariable(Variable) ?? Installed;
        string folder = Path.Combine(root, group);
        Assert.SkipUnless(
            Directory.Exists(folder),
            $"{folder} is not there; install libonnx-testdata or set {Variable} to a folder that holds node/ and pytorch-converted/."
        );
        return
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Where(f => File.Exists(Path.Combine(f, "model.onnx")))
                .Order(StringComparer.Ordinal),
        ];
    }
}
