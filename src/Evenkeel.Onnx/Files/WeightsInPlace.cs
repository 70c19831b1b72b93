using System.Runtime.InteropServices;
using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// Leaves the bytes of weights where they lie in a file. The parser copies what it reads, so it is given the file without them, and the
/// tensors get them afterwards as parts of the file's memory.
/// </summary>
internal sealed class WeightsInPlace
{
    private const int NumberBytes = 5;

    // From the model to a tensor's bytes.
    private static readonly int[] _path =
    [
        ModelProto.GraphFieldNumber,
        GraphProto.InitializerFieldNumber,
        TensorProto.RawDataFieldNumber,
    ];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<byte> _rest = [];
    private readonly List<ReadOnlyMemory<byte>?> _weights = [];
    private readonly bool _isParted;
    private ReadOnlyMemory<byte>? _found;

    /// <summary>Parts a file. One that is damaged stays whole: the parser tells what is wrong.</summary>
    /// <param name="file">Not to be changed as long as tensors have parts of it.</param>
    public WeightsInPlace(ReadOnlyMemory<byte> file)
    {
        _file = file;
        _isParted = Part(0, file.Length, 0);
    }

    /// <summary>The file without them, for the parser; the file itself where it stays whole.</summary>
    public ReadOnlySpan<byte> Rest => _isParted ? CollectionsMarshal.AsSpan(_rest) : _file.Span;

    /// <summary>Gives them to the tensors that were parsed.</summary>
    public void PutInto(ModelProto model)
    {
        if (!_isParted)
            return;
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
                _rest.AddRange(_file.Span[begin..next]);
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
        AddNumber(tag);
        int place = _rest.Count;
        AddNumber(0);
        if (!Part(first, next, depth + 1))
            return false;
        uint length = (uint)(_rest.Count - place - NumberBytes);
        SetNumber(place, length);
        if (depth == _path.Length - 2)
            _weights.Add(_found);
        return true;
    }

    private void AddNumber(uint number)
    {
        CollectionsMarshal.SetCount(_rest, _rest.Count + NumberBytes);
        SetNumber(_rest.Count - NumberBytes, number);
    }

    private void SetNumber(int place, uint number)
    {
        for (int i = 0; i < NumberBytes; i++, number >>= 7)
            _rest[place + i] = (byte)(i < NumberBytes - 1 ? number | 0x80 : number);
    }
}
