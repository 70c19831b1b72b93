using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Evenkeel.Serialization;

/// <summary>
/// Reads a safetensors file. Everything in its header is checked when it is opened; tensors are read from the file when asked for,
/// straight into the caller's memory.
/// </summary>
public sealed class SafeTensorsReader : IDisposable
{
    private const int LengthBytes = 8;
    private const long LargestHeader = 100_000_000;
    private const int ChunkBytes = 16_384;
    private const int NamesInMessage = 5;

    private readonly string file;
    private readonly ITensorBytes bytes;
    private readonly long dataStart;
    private readonly SafeTensorsHeader header;
    private volatile bool disposed;

    private SafeTensorsReader(string file, ITensorBytes bytes)
    {
        this.file = file;
        this.bytes = bytes;
        long headerBytes = HeaderBytes();
        byte[] json = new byte[headerBytes];
        ReadExactly(LengthBytes, json);
        header = SafeTensorsHeader.Parse(file, json);
        dataStart = LengthBytes + headerBytes;
        Tensors = SafeTensorsLayout.Check(file, header.Tensors.Values, bytes.Length - dataStart);
    }

    /// <summary>All tensors, in the order of their bytes in the file.</summary>
    public IReadOnlyList<SafeTensorInfo> Tensors { get; }

    /// <summary>The file's <c>__metadata__</c>; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SafeTensorsException">The file is not a valid safetensors file; the message says what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafeTensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create(path, new FileTensorBytes(path));
    }

    /// <summary>Reads from memory instead of a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="SafeTensorsException">The content is not valid; the message says what is wrong.</exception>
    public static SafeTensorsReader FromBytes(ReadOnlyMemory<byte> content, string name = "safetensors") =>
        Create(name, new MemoryTensorBytes(content));

    /// <summary>
    /// Reads from a stream, from where it stands to its end. One that can seek is read when tensors are asked for and must stay open until
    /// then; another is read into memory first. It stays the caller's.
    /// </summary>
    /// <param name="stream">Readable.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="SafeTensorsException">The content is not valid; the message says what is wrong.</exception>
    public static SafeTensorsReader FromStream(Stream stream, string name = "safetensors")
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek)
            return Create(name, new StreamTensorBytes(stream));
        return FromBytes(SafeTensorsStream.ReadWhole(stream, name, LargestHeader), name);
    }

    /// <summary>Whether a tensor of this name is in the file.</summary>
    /// <param name="name">The tensor's name.</param>
    public bool Contains(string name) => header.Tensors.ContainsKey(name);

    /// <summary>Type and shape of a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="SafeTensorsException">No tensor has this name.</exception>
    public SafeTensorInfo Info(string name)
    {
        if (header.Tensors.TryGetValue(name, out SafeTensorInfo? info))
            return info;
        string some = string.Join(", ", Tensors.Take(NamesInMessage).Select(t => SafeTensorsException.Quote(t.Name)));
        string more = Tensors.Count > NamesInMessage ? ", ..." : "";
        throw new SafeTensorsException(
            $"{file}: no tensor {SafeTensorsException.Quote(name)}; it holds {Tensors.Count}: {some}{more}"
        );
    }

    /// <summary>Reads F32, or widens F16 or BF16.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Filled in row-major order; its length must be the tensor's count of elements.</param>
    /// <exception cref="SafeTensorsException">No such tensor, another count, or a type that does not fit a float.</exception>
    public void ReadFloat32(string name, Span<float> destination)
    {
        SafeTensorInfo info = Expect(name, destination.Length);
        switch (info.Type)
        {
            case SafeTensorType.Float32:
                ReadExactly(info, MemoryMarshal.AsBytes(destination));
                break;
            case SafeTensorType.Float16:
                Widen<Half, float, NumberWidening<Half, float>>(info, destination);
                break;
            case SafeTensorType.BFloat16:
                Widen<ushort, float, BFloat16Widening>(info, destination);
                break;
            default:
                throw Mismatch(info, "F32, F16 or BF16");
        }
    }

    /// <summary>Reads F64, or widens F32, F16 or BF16.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Filled in row-major order; its length must be the tensor's count of elements.</param>
    /// <exception cref="SafeTensorsException">No such tensor, another count, or not a floating-point type.</exception>
    public void ReadFloat64(string name, Span<double> destination)
    {
        SafeTensorInfo info = Expect(name, destination.Length);
        switch (info.Type)
        {
            case SafeTensorType.Float64:
                ReadExactly(info, MemoryMarshal.AsBytes(destination));
                break;
            case SafeTensorType.Float32:
                Widen<float, double, NumberWidening<float, double>>(info, destination);
                break;
            case SafeTensorType.Float16:
                Widen<Half, double, NumberWidening<Half, double>>(info, destination);
                break;
            case SafeTensorType.BFloat16:
                Widen<ushort, double, BFloat16Widening>(info, destination);
                break;
            default:
                throw Mismatch(info, "F64, F32, F16 or BF16");
        }
    }

    /// <summary>Reads I64, or widens I32, I16, I8, U32, U16, U8 or BOOL.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Filled in row-major order; its length must be the tensor's count of elements.</param>
    /// <exception cref="SafeTensorsException">No such tensor, another count, or a type that does not fit a long.</exception>
    public void ReadInt64(string name, Span<long> destination)
    {
        SafeTensorInfo info = Expect(name, destination.Length);
        switch (info.Type)
        {
            case SafeTensorType.Int64:
                ReadExactly(info, MemoryMarshal.AsBytes(destination));
                break;
            case SafeTensorType.Int32:
                Widen<int, long, NumberWidening<int, long>>(info, destination);
                break;
            case SafeTensorType.Int16:
                Widen<short, long, NumberWidening<short, long>>(info, destination);
                break;
            case SafeTensorType.Int8:
                Widen<sbyte, long, NumberWidening<sbyte, long>>(info, destination);
                break;
            case SafeTensorType.UInt32:
                Widen<uint, long, NumberWidening<uint, long>>(info, destination);
                break;
            case SafeTensorType.UInt16:
                Widen<ushort, long, NumberWidening<ushort, long>>(info, destination);
                break;
            case SafeTensorType.UInt8 or SafeTensorType.Boolean:
                Widen<byte, long, NumberWidening<byte, long>>(info, destination);
                break;
            default:
                throw Mismatch(info, "I64, I32, I16, I8, U32, U16, U8 or BOOL");
        }
    }

    /// <summary>Reads a tensor of any type as it lies in the file: little-endian, row-major.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Filled; its length must be the tensor's count of bytes.</param>
    /// <exception cref="SafeTensorsException">No such tensor, or another count of bytes.</exception>
    public void ReadBytes(string name, Span<byte> destination)
    {
        SafeTensorInfo info = Info(name);
        if (info.Bytes != destination.Length)
            throw new SafeTensorsException(
                $"{file}: tensor {info} has {info.Bytes} bytes, expected {destination.Length}"
            );
        ReadExactly(info, destination);
    }

    /// <summary>Closes the file; nothing can be read afterwards.</summary>
    public void Dispose()
    {
        disposed = true;
        bytes.Dispose();
    }

    private static SafeTensorsReader Create(string file, ITensorBytes bytes)
    {
        try
        {
            return new SafeTensorsReader(file, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private long HeaderBytes()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are read on little-endian machines only");
        if (bytes.Length < LengthBytes)
            throw new SafeTensorsException(
                $"{file}: {bytes.Length} bytes are too few, a safetensors file begins with {LengthBytes} bytes of header length"
            );
        Span<byte> prefix = stackalloc byte[LengthBytes];
        ReadExactly(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LargestHeader)
            throw new SafeTensorsException($"{file}: a header of {length} bytes exceeds the limit of {LargestHeader}");
        if ((long)length > bytes.Length - LengthBytes)
            throw new SafeTensorsException(
                $"{file}: the header should have {length} bytes, the file has {bytes.Length - LengthBytes} left; it may be cut short"
            );
        return (long)length;
    }

    private SafeTensorInfo Expect(string name, int count)
    {
        SafeTensorInfo info = Info(name);
        if (info.Count != count)
            throw new SafeTensorsException($"{file}: tensor {info} has {info.Count} elements, expected {count}");
        return info;
    }

    private void Widen<TSource, TTarget, TWidening>(SafeTensorInfo info, Span<TTarget> destination)
        where TSource : unmanaged
        where TWidening : struct, IWidening<TSource, TTarget>
    {
        Span<byte> buffer = stackalloc byte[ChunkBytes];
        Span<TSource> chunk = MemoryMarshal.Cast<byte, TSource>(buffer);
        long offset = dataStart + info.Begin;
        for (int done = 0; done < destination.Length; done += chunk.Length)
        {
            Span<TSource> part = chunk[..Math.Min(chunk.Length, destination.Length - done)];
            Span<byte> partBytes = MemoryMarshal.AsBytes(part);
            ReadExactly(offset, partBytes);
            offset += partBytes.Length;
            for (int i = 0; i < part.Length; i++)
                destination[done + i] = TWidening.From(part[i]);
        }
    }

    private void ReadExactly(SafeTensorInfo info, Span<byte> destination) =>
        ReadExactly(dataStart + info.Begin, destination);

    private void ReadExactly(long offset, Span<byte> destination)
    {
        if (disposed)
            throw new ObjectDisposedException(
                nameof(SafeTensorsReader),
                $"This reader of {file} has been disposed of."
            );
        int read = bytes.Read(offset, destination);
        if (read != destination.Length)
            throw new SafeTensorsException(
                $"{file}: expected {destination.Length} bytes at {offset}, found {read}; the file was cut short while it was read"
            );
    }

    private SafeTensorsException Mismatch(SafeTensorInfo info, string expected) =>
        new($"{file}: tensor {info}: expected {expected}, found {SafeTensorTypes.Name(info.Type)}");
}
