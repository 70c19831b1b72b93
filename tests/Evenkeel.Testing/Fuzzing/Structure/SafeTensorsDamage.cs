using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Damages a safetensors file: header length, names, types, shapes, offsets, and the network in its metadata.</summary>
internal static class SafeTensorsDamage
{
    private const string Metadata = "__metadata__";
    private const int MostSteps = 3;

    private static readonly string[] Types =
        "F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL F8_E4M3 F8_E5M2 C64 f32".Split(' ');

    public static byte[] Damage(byte[] file, Random random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        string text = Encoding.UTF8.GetString(file.AsSpan(8, length));
        byte[] values = file[(8 + length)..];
        if (random.Next(4) == 0)
            return Written(JsonDamage.Damage(text, random), values, random);
        JsonObject header = JsonNode.Parse(text)!.AsObject();
        // Once, since what was damaged need not be JSON any more.
        if (random.Next(3) == 0)
            ChangeNetwork(header, random);
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            Step(header, values, random);
        return Written(header.ToJsonString(), values, random);
    }

    private static byte[] Written(string header, byte[] values, Random random)
    {
        if (random.Next(6) == 0)
            header += new string(' ', random.Next(1, 5000));
        byte[] text = Encoding.UTF8.GetBytes(header);
        long length = random.Next(6) == 0 ? Odd.Number(random, text.Length) : text.Length;
        if (random.Next(8) == 0)
            values = values[..random.Next(values.Length)];
        if (random.Next(8) == 0)
            values = [.. values, .. new byte[random.Next(1, 5000)]];
        return [.. BitConverter.GetBytes(length), .. text, .. values];
    }

    private static void Step(JsonObject header, byte[] values, Random random)
    {
        string[] names = [.. header.Select(p => p.Key).Where(k => k != Metadata)];
        string name = Odd.One(random, names);
        if (header[name] is not JsonObject tensor)
            return;
        switch (random.Next(6))
        {
            case 0:
                tensor["dtype"] = Odd.One(random, Types);
                break;
            case 1:
                Change(tensor["shape"], random);
                break;
            case 2:
                Change(tensor["data_offsets"], random);
                break;
            case 3:
                // As long as it says, elsewhere: over others, in a hole, behind the end.
                long begin = random.Next(values.Length + 100);
                tensor["data_offsets"] = new JsonArray(begin, begin + Length(tensor));
                break;
            case 4:
                header.Remove(name);
                header[random.Next(2) == 0 ? Odd.Text(random) : name + ".x"] = tensor;
                break;
            default:
                Multiply(header, tensor, random);
                break;
        }
    }

    private static void ChangeNetwork(JsonObject header, Random random)
    {
        if (header[Metadata] is not JsonObject { Count: > 0 } metadata)
            return;
        string key = Odd.One(random, metadata.Select(p => p.Key).ToArray());
        string text = metadata[key]!.GetValue<string>();
        metadata[key] =
            random.Next(6) == 0 || !text.StartsWith('{') ? Odd.Text(random) : JsonDamage.Damage(text, random);
    }

    private static void Change(JsonNode? numbers, Random random)
    {
        if (numbers is not JsonArray array)
            return;
        int at = random.Next(array.Count + 1);
        if (at == array.Count || random.Next(5) == 0)
            array.Insert(at, Odd.Number(random));
        else
            array[at] = Odd.Number(random, Whole(array[at]));
    }

    private static void Multiply(JsonObject header, JsonObject tensor, Random random)
    {
        int count = Odd.Times(random, 2000);
        for (int i = 0; i < count; i++)
            header[string.Create(CultureInfo.InvariantCulture, $"more.{i}")] = tensor.DeepClone();
    }

    private static long Length(JsonObject tensor) =>
        tensor["data_offsets"] is JsonArray { Count: 2 } offsets ? Whole(offsets[1]) - Whole(offsets[0]) : 4;

    private static long Whole(JsonNode? node) => node is JsonValue v && v.TryGetValue(out long whole) ? whole : 0;
}
