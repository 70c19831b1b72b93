using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Graphs;
using Evenkeel.Onnx;
using Evenkeel.Serialization;
using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Bench;

/// <summary>The formats that are read from strangers, each with whole files to damage.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All() =>
        [
            new("safetensors", [Model()], path => ModelFile.LoadDamaged(path).Dispose(), IsModelError),
            new(
                "onnx",
                [Exported(keep: true), Exported(keep: false)],
                path => OnnxModel.Load(path).Dispose(),
                e => e is OnnxException
            ),
            new("npy", [.. Arrays()], path => NpyFile.Read(path), e => e is DataFormatException),
            new("npz", [Archive()], path => NpyFile.ReadArchive(path), e => e is DataFormatException),
            new("idx", [Idx(), Zipped(Idx())], path => IdxReader.Read(path, 3), e => e is DataFormatException),
        ];

    private static bool IsModelError(Exception e) =>
        e is SafeTensorsException or ModelFileException or GraphException or Configuration.ConfigurationException;

    private static byte[] Model() => Written(ModelFile.Save);

    private static byte[] Exported(bool keep) =>
        Written(
            (model, path) =>
                OnnxExport.Save(
                    model,
                    path,
                    new OnnxExportOptions { BatchNorm = keep ? BatchNormExport.Keep : BatchNormExport.Fold }
                )
        );

    private static byte[] Written(Action<Model, string> write)
    {
        string path = Path.GetTempFileName();
        using var model = Evenkeel.Model.Create(
            Network.Input(8, 8, 3).Conv2d(4, 3, 1, 1).BatchNorm().Relu().GlobalAveragePool().Linear(3).Build(),
            1
        );
        write(model, path);
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    private static IEnumerable<byte[]> Arrays()
    {
        foreach (
            int[] dimensions in (int[][])
                [
                    [],
                    [5],
                    [3, 4, 2],
                ]
        )
        {
            using var stream = new MemoryStream();
            NpyFile.Write(stream, dimensions, new float[NpyArray.Count(dimensions)]);
            yield return stream.ToArray();
        }
    }

    private static byte[] Archive()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("x.npy").Open();
            NpyFile.Write(entry, [6], new float[6]);
        }

        return stream.ToArray();
    }

    private static byte[] Idx()
    {
        byte[] file = new byte[16 + (4 * 5 * 5)];
        file[2] = 8;
        file[3] = 3;
        foreach ((int place, int size) in (ReadOnlySpan<(int, int)>)[(4, 4), (8, 5), (12, 5)])
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(place), size);
        return file;
    }

    private static byte[] Zipped(byte[] file)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
            gzip.Write(file);
        return stream.ToArray();
    }
}
