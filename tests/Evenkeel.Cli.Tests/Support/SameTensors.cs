using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Compares checkpoints by their values; what is noted beside them, such as seconds, may differ.</summary>
internal static class SameTensors
{
    /// <summary>Compares a checkpoint of two runs.</summary>
    public static void Check(string firstRun, string secondRun, string checkpoint) =>
        Check(Path.Combine(firstRun, "checkpoints", checkpoint), Path.Combine(secondRun, "checkpoints", checkpoint));

    /// <summary>Compares two files of training states with batch normalisation.</summary>
    public static void Check(string first, string second)
    {
        using SafeTensorsReader a = SafeTensorsReader.Open(first);
        using SafeTensorsReader b = SafeTensorsReader.Open(second);
        Assert.Equal(a.Tensors.Select(t => t.Name), b.Tensors.Select(t => t.Name));
        Assert.Contains(a.Tensors, t => t.Name.StartsWith("optimizer.", StringComparison.Ordinal));
        Assert.Contains(a.Tensors, t => t.Name.EndsWith("running_var", StringComparison.Ordinal));
        byte[] left = File.ReadAllBytes(first),
            right = File.ReadAllBytes(second);
        int bytes = (int)a.Tensors.Sum(t => t.Count * (t.Type == SafeTensorType.Int64 ? 8 : 4));
        Assert.Equal(left[^bytes..], right[^bytes..]);
    }
}
