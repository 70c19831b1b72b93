namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>
/// A field of a protobuf message as it lies in a file. What it holds is changed freely; the lengths around it are made anew when it is written.
/// </summary>
internal sealed class WireField
{
    public const int Varint = 0,
        Fixed64 = 1,
        Lengthened = 2,
        GroupBegin = 3,
        GroupEnd = 4,
        Fixed32 = 5;

    public required long Number { get; set; }

    public required int Type { get; set; }

    /// <summary>What a number holds.</summary>
    public ulong Value { get; set; }

    /// <summary>What a text or bytes hold.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>The fields of a message; null where it is none.</summary>
    public WireMessage? Message { get; set; }

    /// <summary>What is added to the length that is written.</summary>
    public long LengthLie { get; set; }

    public static WireField Text(long number, string text) =>
        new()
        {
            Number = number,
            Type = Lengthened,
            Bytes = System.Text.Encoding.UTF8.GetBytes(text),
        };

    public static WireField Whole(long number, long value) =>
        new()
        {
            Number = number,
            Type = Varint,
            Value = unchecked((ulong)value),
        };

    public static WireField Of(long number, WireMessage message) =>
        new()
        {
            Number = number,
            Type = Lengthened,
            Message = message,
        };

    public WireField Copy() =>
        new()
        {
            Number = Number,
            Type = Type,
            Value = Value,
            Bytes = Bytes,
            Message = Message?.Copy(),
            LengthLie = LengthLie,
        };

    public void Write(Stream to)
    {
        WriteVarint(to, unchecked(((ulong)Number << 3) | (uint)Type));
        switch (Type)
        {
            case Varint:
                WriteVarint(to, Value);
                break;
            case Fixed64:
                to.Write(BitConverter.GetBytes(Value));
                break;
            case Fixed32:
                to.Write(BitConverter.GetBytes((uint)Value));
                break;
            case Lengthened:
                byte[] content = Message?.ToBytes() ?? Bytes;
                WriteVarint(to, unchecked((ulong)(content.Length + LengthLie)));
                to.Write(content);
                break;
            default:
                break;
        }
    }

    private static void WriteVarint(Stream to, ulong value)
    {
        for (; value > 127; value >>= 7)
            to.WriteByte((byte)(value | 128));
        to.WriteByte((byte)value);
    }
}
