namespace Evenkeel.Onnx.Import;

/// <summary>A signal and where its batch stands in the file: for operators that only take and move dimensions.</summary>
internal readonly record struct Placed(Signal Signal, int BatchAxis)
{
    /// <summary>Dimensions in the file, with the batch.</summary>
    public int Rank => Signal.Rank + 1;

    /// <summary>The value that the file's names stand for.</summary>
    public Value Value => BatchAxis == 0 ? Signal : new Moved(Signal, BatchAxis);

    /// <summary>A dimension of the file among those of one example; -1 is the batch.</summary>
    public int Axis(long axis)
    {
        int counted = Operators.SoftmaxImport.Axis(axis, Rank);
        return counted == BatchAxis ? -1
            : counted < BatchAxis ? counted
            : counted - 1;
    }

    /// <summary>The signal without some dimensions of one example.</summary>
    public Placed Without(Signal rest, IEnumerable<int> axes)
    {
        int batch = BatchAxis;
        return new(rest, batch - axes.Count(a => a < batch));
    }
}
