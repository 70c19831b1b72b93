using System.Buffers.Binary;

namespace Evenkeel.Reporting.Tests.TensorBoard;

/// <summary>Reads event files from the format's description alone: shares no code with the writer.</summary>
internal static class WireReader
{
    public sealed record Field(int Number, ulong Bits, byte[] Bytes)
    {
        public double Double => BitConverter.UInt64BitsToDouble(Bits);

        public float Single => BitConverter.UInt32BitsToSingle((uint)Bits);

        public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

        public List<Field> Message => Fields(Bytes);

        public double[] Doubles =>
            [.. Enumerable.Range(0, Bytes.Length / 8).Select(i => BitConverter.ToDouble(Bytes, 8 * i))];
    }

    /// <summary>The payloads of a TFRecord file; throws where a length or CRC is not right.</summary>
    public static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        int at = 0;
        while (at < file.Length)
        {
            int length = checked((int)BitConverter.ToUInt64(file, at));
            Check(file.AsSpan(at, 8), BitConverter.ToUInt32(file, at + 8));
            byte[] payload = file.AsSpan(at + 12, length).ToArray();
            Check(payload, BitConverter.ToUInt32(file, at + 12 + length));
            records.Add(payload);
            at += length + 16;
        }
        return records;
    }

    public static List<Field> Fields(byte[] message)
    {
        var fields = new List<Field>();
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint(message, ref at);
            int number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add(new Field(number, Varint(message, ref at), []));
                    break;
                case 1:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)), []));
                    at += 8;
                    break;
                case 5:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at)), []));
                    at += 4;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    fields.Add(new Field(number, 0, message[at..(at + length)]));
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }
        }
        return fields;
    }

    /// <summary>Bit by bit, from the reversed Castagnoli polynomial.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
        }
        return ~crc;
    }

    private static void Check(ReadOnlySpan<byte> data, uint stored)
    {
        uint crc = Crc(data);
        uint masked = unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8);
        if (masked != stored)
            throw new InvalidDataException($"stored CRC {stored:x8}, computed {masked:x8}");
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
