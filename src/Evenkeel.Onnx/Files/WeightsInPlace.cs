using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// Leaves the bytes of weights where they lie in a file. The parser copies what it reads, so it is given the file without them, and the
/// tensors get them afterwards as parts of the file's memory.
/// </summary>
internal sealed class WeightsInPlace
{
    private const int LengthBytes = 5;

    // From the model to a tensor's bytes.
    private static readonly int[] _path =
    [
        ModelProto.GraphFieldNumber,
        GraphProto.InitializerFieldNumber,
        TensorProto.RawDataFieldNumber,
    ];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly MemoryStream _rest = new();
    private readonly List<ReadOnlyMemory<byte>?> _weights = [];
    private ReadOnlyMemory<byte>? _found;

    /// <summary>Parts a file. One that is damaged stays whole: the parser tells what is wrong.</summary>
    /// <param name="file">Not to be changed as long as tensors have parts of it.</param>
    public WeightsInPlace(ReadOnlyMemory<byte> file)
    {
        _file = file;
        if (Part(0, file.Length, 0))
            return;
        _weights.Clear();
        _rest.SetLength(0);
        _rest.Write(file.Span);
    }

    /// <summary>The file without them, for the parser.</summary>
    public ReadOnlySpan<byte> Rest => _rest.GetBuffer().AsSpan(0, (int)_rest.Length);

    /// <summary>Gives them to the tensors that were parsed.</summary>
    public void PutInto(ModelProto model)
    {
        for (int i = 0; i < _weights.Count; i++)
        {
            if (_weights[i] is { } bytes)
                model.Graph.Initializer[i].RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        }
    }

    // A message's fields, without those at the end of the path. False where they cannot be told apart.
    private bool Part(int begin, int end, int depth)
    {
        while (begin < end)
        {
            ReadOnlySpan<byte> rest = _file.Span[begin..end];
            if (
                !WireNumber.TryReadField(ref rest, out ulong tag, out ulong length)
                || tag > uint.MaxValue
                || length > (ulong)rest.Length
            )
                return false;
            int first = end - rest.Length,
                next = first + (int)length;
            if (tag != (((uint)_path[depth] << 3) | WireNumber.HasLength))
                _rest.Write(_file.Span[begin..next]);
            else if (depth == _path.Length - 1)
                _found = _file[first..next];
            else if (!PartMessage((uint)tag, first, next, depth))
                return false;
            begin = next;
        }

        return true;
    }

    // Its length is known only behind it, and written in as many bytes as any needs.
    private bool PartMessage(uint tag, int first, int next, int depth)
    {
        _found = null;
        WriteNumber(tag);
        long place = _rest.Position;
        _rest.Position += LengthBytes;
        if (!Part(first, next, depth + 1))
            return false;
        long behind = _rest.Position;
        _rest.Position = place;
        WriteNumber((uint)(behind - place - LengthBytes));
        _rest.Position = behind;
        if (depth == _path.Length - 2)
            _weights.Add(_found);
        return true;
    }

    private void WriteNumber(uint number)
    {
        for (int i = 1; i < LengthBytes; i++, number >>= 7)
            _rest.WriteByte((byte)(number | 0x80));
        _rest.WriteByte((byte)number);
    }
}
