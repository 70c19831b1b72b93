using System.IO.Compression;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Archives of arrays, as numpy.savez writes them.</summary>
internal static class NpzFile
{
    /// <summary>Writes one.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="arrays">Name, lengths and values of each.</param>
    /// <returns>The file.</returns>
    public static string Write(string path, params (string Name, int[] Dimensions, float[] Values)[] arrays)
    {
        using FileStream file = File.Create(path);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        foreach ((string name, int[] dimensions, float[] values) in arrays)
        {
            using Stream entry = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
            NpyFile.Write(entry, dimensions, values);
        }

        return path;
    }
}
