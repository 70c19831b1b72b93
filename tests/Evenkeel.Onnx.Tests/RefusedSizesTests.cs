using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Images.Files;
using Evenkeel.Serialization;

namespace Evenkeel.Onnx.Tests;

/// <summary>Files of any size that no reader takes: refused in memory that does not grow with them.</summary>
public sealed class RefusedSizesTests
{
    private const long MostBytes = 64 << 20;

    private static readonly Dictionary<string, (Action<string> Read, byte[] Begin)> Readers = new()
    {
        ["model.onnx"] = (path => OnnxModel.Load(path).Dispose(), [0x08, 8, 0x3A]),
        ["model.safetensors"] = (path => ModelFile.Load(path).Dispose(), [16, 0, 0, 0, 0, 0, 0, 0, (byte)'{']),
        ["x.npy"] = (path => NpyFile.Read(path), [0x93, .. "NUMPY"u8, 1, 0]),
        ["x.npz"] = (path => NpyFile.ReadArchive(path), [.. "PK"u8, 3, 4]),
        ["images-idx3-ubyte"] = (path => IdxReader.Read(path, 3), [0, 0, 8, 3]),
        ["images-idx3-ubyte.gz"] = (path => IdxReader.Read(path, 3), [0x1F, 0x8B, 8, 0]),
        ["set.tar"] = (path => ImageArchive.Load(path), [.. "train/a/1.jpg"u8]),
        ["set.tar.gz"] = (path => ImageArchive.Load(path), [0x1F, 0x8B, 8, 0]),
        ["1.jpg"] = (path => EncodedImages.FromFiles([path]), [0xFF, 0xD8, 0xFF]),
        ["1.png"] = (path => EncodedImages.FromFiles([path]), [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    };

    /// <summary>What a reader may take to memory whole before it looks at it: its limit of a file's bytes.</summary>
    private static readonly Dictionary<string, long> Limits = new()
    {
        ["model.onnx"] = new OnnxImportOptions().MaxFileBytes,
        ["1.jpg"] = new Data.Images.ImageLimits().MaxFileBytes,
        ["1.png"] = new Data.Images.ImageLimits().MaxFileBytes,
    };

    public static TheoryData<string, long, bool> Files =>
        [
            .. from name in Readers.Keys
            from length in (long[])[1 << 20, 100 << 20, 4L << 30]
            from begun in (bool[])[false, true]
            select (name, length, begun),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Refused_files_take_little_memory_whatever_their_size(string name, long length, bool begun)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Files of gigabytes without contents are made on Linux.");
        using var folder = new TemporaryFolder();
        string path = folder.File(name);
        (Action<string> read, byte[] begin) = Readers[name];
        using (FileStream file = File.Create(path))
        {
            file.Write(begun ? begin : []);
            file.SetLength(length);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Record.Exception(() => read(path));
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            error is OnnxException or SafeTensorsException or ModelFileException or DataFormatException,
            $"{error?.GetType().Name}: {error?.Message}"
        );
        long held = length <= Limits.GetValueOrDefault(name) ? length : 0;
        Assert.InRange(taken, 0, held + MostBytes);
    }
}
