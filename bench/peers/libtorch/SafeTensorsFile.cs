using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace LibTorchPeer;

/// <summary>The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes, little-endian and row-major.</summary>
internal static class SafeTensorsFile
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["I64"] = ScalarType.Int64,
    };

    public static Dictionary<string, Tensor> Load(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int start = 8 + checked((int)BitConverter.ToUInt64(file));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, start - 8));
        var tensors = new Dictionary<string, Tensor>();
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            long[] shape = entry.Value.GetProperty("shape").Deserialize<long[]>()!;
            int[] place = entry.Value.GetProperty("data_offsets").Deserialize<int[]>()!;
            Tensor tensor = empty(shape, Types[entry.Value.GetProperty("dtype").GetString()!]);
            file.AsSpan(start + place[0], place[1] - place[0]).CopyTo(tensor.bytes);
            tensors.Add(entry.Name, tensor);
        }

        return tensors;
    }

    public static void Save(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var header = new JsonObject();
        var parts = new List<byte[]>();
        long end = 0;
        foreach ((string name, Tensor value) in tensors)
        {
            byte[] bytes = value.contiguous().bytes.ToArray();
            header[name] = new JsonObject
            {
                ["dtype"] = Types.Single(t => t.Value == value.dtype).Key,
                ["shape"] = new JsonArray([.. value.shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(end, end += bytes.Length),
            };
            parts.Add(bytes);
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        parts.ForEach(part => file.Write(part));
    }
}
