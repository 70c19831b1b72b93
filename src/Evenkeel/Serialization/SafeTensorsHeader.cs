using System.Text.Json;

namespace Evenkeel.Serialization;

/// <summary>Reads the JSON header of a safetensors file. Says what is wrong in one line; never trusts a number it did not check.</summary>
internal sealed class SafeTensorsHeader
{
    private const string MetadataKey = "__metadata__";

    /// <summary>A network of as many layers as are imported, with what an optimiser keeps, has fewer.</summary>
    private const int MaxTensors = 1 << 19;

    // "":{"dtype":"U8","shape":[],"data_offsets":[0,0]},
    private const int MinTensorBytes = 50;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 4, AllowTrailingCommas = false };

    private readonly string file;
    private readonly Dictionary<string, SafeTensorInfo> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafeTensorsHeader(string file) => this.file = file;

    public IReadOnlyDictionary<string, SafeTensorInfo> Tensors => tensors;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Parses <paramref name="json"/>. Offsets are not yet held against the file's length.</summary>
    public static SafeTensorsHeader Parse(string file, ReadOnlySpan<byte> json)
    {
        var header = new SafeTensorsHeader(file);
        if (json.Length == 0 || json[0] != (byte)'{')
            throw new SafeTensorsException($"{file}: the header must begin with '{{'; this is not a safetensors file");
        try
        {
            header.RequireCount(json);
            var reader = new Utf8JsonReader(json, Strict);
            header.ReadRoot(ref reader);
        }
        catch (JsonException e)
        {
            throw new SafeTensorsException($"{file}: the header is not valid JSON at byte {e.BytePositionInLine}", e);
        }
        catch (InvalidOperationException e)
        {
            // What Utf8JsonReader throws for text that is no valid UTF-8 or holds half a surrogate pair.
            throw new SafeTensorsException($"{file}: the header holds text that is not valid Unicode", e);
        }
        return header;
    }

    // Before anything is made of them.
    private void RequireCount(ReadOnlySpan<byte> json)
    {
        if (json.Length / MinTensorBytes <= MaxTensors)
            return;
        int count = 0;
        var reader = new Utf8JsonReader(json, Strict);
        while (reader.Read())
        {
            bool tensor = reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 };
            if (tensor && ++count > MaxTensors)
                throw new SafeTensorsException($"{file}: the header names more tensors than the limit of {MaxTensors}");
        }
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        bool sawMetadata = false;
        reader.Read();
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            Next(ref reader);
            if (name != MetadataKey)
            {
                ReadTensor(ref reader, name);
                continue;
            }
            if (sawMetadata)
                throw new SafeTensorsException($"{file}: {MetadataKey} appears twice in the header");
            sawMetadata = true;
            ReadMetadata(ref reader);
        }
        if (reader.Read())
            throw new SafeTensorsException($"{file}: the header goes on after its closing brace");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new SafeTensorsException($"{file}: {MetadataKey} must be an object, found {reader.TokenType}");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (Next(ref reader) != JsonTokenType.String)
                throw new SafeTensorsException(
                    $"{file}: {MetadataKey} {SafeTensorsException.Quote(key)} must be a string, found {reader.TokenType}"
                );
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new SafeTensorsException(
                    $"{file}: {MetadataKey} {SafeTensorsException.Quote(key)} appears twice"
                );
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fail(name, $"must be an object with dtype, shape and data_offsets, found {reader.TokenType}");
        SafeTensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Next(ref reader);
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name, key);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, key);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Fail(name, $"{key} appears twice");
                default:
                    throw Fail(
                        name,
                        $"expected dtype, shape and data_offsets, found {SafeTensorsException.Quote(key)}"
                    );
            }
        }
        string? missing =
            type is null ? "dtype"
            : shape is null ? "shape"
            : offsets is null ? "data_offsets"
            : null;
        if (missing is not null)
            throw Fail(name, $"{missing} is missing");
        if (!tensors.TryAdd(name, Checked(name, type!.Value, shape!, offsets!)))
            throw Fail(name, "appears twice in the header");
    }

    private SafeTensorType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Fail(name, $"dtype must be a string, found {reader.TokenType}");
        string text = reader.GetString()!;
        return SafeTensorTypes.Parse(text)
            ?? throw Fail(name, $"unknown dtype {SafeTensorsException.Quote(text)}; known are {SafeTensorTypes.Known}");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fail(name, $"{key} must be a list of whole numbers, found {reader.TokenType}");
        var numbers = new List<long>();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Fail(name, $"{key}[{numbers.Count}] must be a whole number from 0 to {long.MaxValue}");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private SafeTensorInfo Checked(string name, SafeTensorType type, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            throw Fail(name, $"data_offsets must be [begin, end], found {SafeTensorsException.Show(offsets)}");
        if (!SafeTensorsLayout.TryBytes(type, shape, out long bytes))
            throw Fail(name, $"shape {SafeTensorsException.Show(shape)} is too large to count its bytes");
        if (offsets[1] - offsets[0] != bytes)
            throw Fail(
                name,
                $"{SafeTensorTypes.Name(type)} {SafeTensorsException.Show(shape)} needs {bytes} bytes, "
                    + $"data_offsets {SafeTensorsException.Show(offsets)} give {offsets[1] - offsets[0]}"
            );
        return new SafeTensorInfo(name, type, shape, offsets[0], offsets[1]);
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private SafeTensorsException Fail(string name, string what) =>
        new($"{file}: tensor {SafeTensorsException.Quote(name)}: {what}");
}
