using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Testing.Fuzzing.Structure;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Readers of arrays, archives and images; images are decoded, whole and scaled.</summary>
public static class DataTargets
{
    private const int Side = 8;

    // So few that what a decoder keeps beside the pixels shows.
    private static readonly ImageReadOptions Reading = new()
    {
        Limits = new ImageLimits { MaxPixels = 1 << 20 },
        MaxSkipped = 1,
        UndecodableFiles = UndecodableFiles.Replace,
    };

    /// <summary>Arrays of NumPy.</summary>
    public static FuzzTarget Npy { get; } =
        new("npy", Arrays(), path => NpyFile.Read(path), IsDataError)
        {
            Damages = [FuzzDamage.Bytes, FuzzDamage.Structure(NpyDamage.Damage)],
        };

    /// <summary>Archives of arrays, as they are.</summary>
    public static FuzzTarget NpzBytes { get; } =
        new("npz", [Zip(Arrays())], path => NpyFile.ReadArchive(path), IsDataError);

    /// <summary>Archives of arrays, made around damaged arrays.</summary>
    public static FuzzTarget NpzStructure { get; } =
        NpzBytes with
        {
            Files = Arrays(),
            Damages = [FuzzDamage.Structure(ZipDamage.Damage)],
        };

    /// <summary>MNIST's format.</summary>
    public static FuzzTarget Idx { get; } =
        new("idx", [Digits(), Zipped(Digits())], path => IdxReader.Read(path, 3), IsDataError);

    /// <summary>Archives of images.</summary>
    public static FuzzTarget Tar { get; } =
        new("tar", Fixtures.Of("color.jpg", "grey16.png"), ReadArchive, IsDataError)
        {
            Damages = [FuzzDamage.Structure(TarDamage.Damage)],
            IsNative = true,
        };

    /// <summary>JPEG files, by libjpeg-turbo where it is installed.</summary>
    public static FuzzTarget Jpeg { get; } =
        new("jpeg", Fixtures.Of(".jpg"), path => ReadImage(path, DecoderChoice.Fastest), IsDataError)
        {
            Damages = [FuzzDamage.Bytes, FuzzDamage.Structure(JpegDamage.Damage)],
            IsNative = true,
        };

    /// <summary>JPEG files, without a library of the system.</summary>
    public static FuzzTarget ManagedJpeg { get; } =
        Jpeg with
        {
            Name = "jpeg-managed",
            Read = path => ReadImage(path, DecoderChoice.Managed),
            IsNative = false,
        };

    /// <summary>PNG files.</summary>
    public static FuzzTarget Png { get; } =
        new("png", Fixtures.Of(".png"), path => ReadImage(path, DecoderChoice.Managed), IsDataError)
        {
            Damages = [FuzzDamage.Bytes, FuzzDamage.Structure(PngDamage.Damage)],
        };

    private static bool IsDataError(Exception e) => e is DataFormatException;

    private static void ReadImage(string path, DecoderChoice decoder) =>
        ReadAll(
            EncodedImages.FromFiles([path], Reading with { InvalidFiles = InvalidFiles.Refuse, Decoder = decoder })
        );

    private static void ReadArchive(string path)
    {
        ImageSplit split = ImageArchive.Load(path, Reading);
        ReadAll(split.Train);
        ReadAll(split.Test);
    }

    private static void ReadAll(IImageSource images)
    {
        var data = new ImageDataset(images, new ImageTransform { Crop = new ResizeAndCenterCrop { Side = Side } });
        float[] values = new float[data.InputLength];
        int[] label = new int[1];
        var whole = new ImageBuffer();
        for (int i = 0; i < data.Count; i++)
        {
            data.Read([i], values, label);
            images.Read(i, whole);
        }
    }

    private static IReadOnlyList<byte[]> Arrays() =>
        [
            .. (
                (int[][])
                    [
                        [],
                        [5],
                        [3, 4, 2],
                    ]
            ).Select(dimensions =>
            {
                using var stream = new MemoryStream();
                NpyFile.Write(stream, dimensions, new float[NpyArray.Count(dimensions)]);
                return stream.ToArray();
            }),
        ];

    private static byte[] Zip(IReadOnlyList<byte[]> arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = 0; i < arrays.Count; i++)
            {
                using Stream entry = archive.CreateEntry($"x{i}.npy").Open();
                entry.Write(arrays[i]);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Digits()
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
