using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Evenkeel.Serialization;

/// <summary>
/// Writes a safetensors file: 8 bytes of header length, a JSON header padded to 8 bytes, then the tensors back to back. The same
/// tensors and metadata give the same bytes, in whatever order they were added.
/// </summary>
/// <remarks>Tensors are written one after another from where they are; nothing is gathered in memory.</remarks>
public sealed class SafeTensorsWriter
{
    private const string MetadataKey = "__metadata__";
    private const int Alignment = 8;
    private const int PieceElements = 1 << 20;

    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Adds a line to the file's <c>__metadata__</c>, replacing one of the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public SafeTensorsWriter WithMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        metadata[key] = value;
        return this;
    }

    /// <summary>Adds a tensor. The values are read when the file is written, not now.</summary>
    /// <typeparam name="T">double, float, Half, long, int, short, sbyte, ulong, uint, ushort, byte or bool.</typeparam>
    /// <param name="name">A name not yet used in this file.</param>
    /// <param name="shape">The dimensions; empty for a single value.</param>
    /// <param name="values">The values in row-major order; as many as the product of <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The name is taken, the count is not the product of the shape, or the type is not supported.</exception>
    public SafeTensorsWriter Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        CheckCount(name, shape, values.Length);
        return Add(name, shape, () => values.Span);
    }

    /// <inheritdoc cref="Add{T}(string, ReadOnlySpan{long}, ReadOnlyMemory{T})"/>
    public SafeTensorsWriter Add<T>(string name, ReadOnlySpan<long> shape, T[] values)
        where T : unmanaged => Add(name, shape, new ReadOnlyMemory<T>(values));

    /// <summary>Adds a tensor whose values are asked for when the file is written.</summary>
    /// <typeparam name="T">double, float, Half, long, int, short, sbyte, ulong, uint, ushort, byte or bool.</typeparam>
    /// <param name="name">A name not yet used in this file.</param>
    /// <param name="shape">The dimensions; empty for a single value.</param>
    /// <param name="values">Gives the values in row-major order; as many as the product of <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The name is taken, the shape is not valid, or the type is not supported.</exception>
    public SafeTensorsWriter Add<T>(string name, ReadOnlySpan<long> shape, SpanSource<T> values)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        if (name == MetadataKey)
            throw new ArgumentException(
                $"{MetadataKey} cannot be the name of a tensor: it is that of the metadata",
                nameof(name)
            );
        SafeTensorType type = SafeTensorTypes.Of<T>();
        if (!SafeTensorsLayout.TryBytes(type, shape, out long bytes))
            throw new ArgumentException(
                $"tensor '{name}': shape {Show(shape)} is negative or too large",
                nameof(shape)
            );
        var entry = new Entry(name, type, shape.ToArray(), bytes, stream => WriteValues(stream, name, bytes, values));
        if (!entries.TryAdd(name, entry))
            throw new ArgumentException($"tensor '{name}' was added twice", nameof(name));
        return this;
    }

    /// <summary>Writes the file as a whole; see <see cref="AtomicFile.Write"/>.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="cancellation">Looked at between tensors and before the file takes its name.</param>
    /// <exception cref="ArgumentException">A source gave another count of values than its shape says.</exception>
    /// <exception cref="IOException">The file cannot be written; an older one is untouched.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public void Save(string path, CancellationToken cancellation = default) =>
        AtomicFile.Write(path, stream => WriteTo(stream, cancellation), cancellation);

    /// <summary>Writes the file's bytes to a stream.</summary>
    /// <param name="stream">Written from its current position on, and left open.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="ArgumentException">A source gave another count of values than its shape says.</exception>
    public void WriteTo(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are written on little-endian machines only");
        // Wide elements first: every tensor then begins at a multiple of its element's size, without padding between.
        Entry[] ordered =
        [
            .. entries
                .Values.OrderByDescending(e => SafeTensorTypes.Bytes(e.Type))
                .ThenBy(e => e.Name, StringComparer.Ordinal),
        ];
        WriteHeader(stream, ordered);
        foreach (Entry entry in ordered)
        {
            cancellation.ThrowIfCancellationRequested();
            entry.Write(stream);
        }
    }

    private void WriteHeader(Stream stream, Entry[] ordered)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            long offset = 0;
            foreach (Entry entry in ordered)
            {
                WriteEntry(json, entry, offset);
                offset = checked(offset + entry.Bytes);
            }
            json.WriteEndObject();
        }
        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        buffer.GetSpan(Alignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)buffer.WrittenCount);
        stream.Write(length);
        stream.Write(buffer.WrittenSpan);
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (metadata.Count == 0)
            return;
        json.WriteStartObject(MetadataKey);
        foreach ((string key, string value) in metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, Entry entry, long offset)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", SafeTensorTypes.Name(entry.Type));
        json.WriteStartArray("shape");
        foreach (long dimension in entry.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + entry.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValues<T>(Stream stream, string name, long bytes, SpanSource<T> source)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = source();
        int width = SafeTensorTypes.Bytes(SafeTensorTypes.Of<T>());
        if ((long)values.Length * width != bytes)
            throw new ArgumentException($"tensor '{name}': expected {bytes / width} values, found {values.Length}");
        // In pieces: a span of bytes cannot be as long as the largest span of wider elements.
        for (int start = 0; start < values.Length; start += PieceElements)
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(PieceElements, values.Length - start))));
    }

    private static void CheckCount(string name, ReadOnlySpan<long> shape, int count)
    {
        if (!SafeTensorsLayout.TryBytes(SafeTensorType.UInt8, shape, out long expected) || expected != count)
            throw new ArgumentException(
                $"tensor '{name}': shape {Show(shape)} does not hold {count} values",
                nameof(shape)
            );
    }

    private static string Show(ReadOnlySpan<long> shape) => SafeTensorsException.Show(shape.ToArray());

    private sealed record Entry(string Name, SafeTensorType Type, long[] Shape, long Bytes, Action<Stream> Write);
}
