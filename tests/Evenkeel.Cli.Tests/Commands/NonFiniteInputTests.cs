using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Layers;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Values that are no finite numbers go in or come out: nothing fails, so a note tells.</summary>
public sealed class NonFiniteInputTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void An_input_is_told_with_its_first_place_in_the_file(float value, string text)
    {
        float[] values = new float[2 * 3 * 4 * 5];
        values[^1] = value;
        values[61] = value;
        Outcome outcome = Run(values);
        Assert.Contains(
            $"note: The input 'input': 2 of 120 values are NaN, infinite or beyond float32, the first ({text}) at [1, 0, 0, 1]; outputs that depend on them are meaningless. Clean the data.\n",
            outcome.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("The output 'output': 2 of 4 values", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Json.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public void A_number_beyond_float32_is_told()
    {
        string path = _work.File("x.npy");
        using (FileStream file = File.Create(path))
            NpyFile.Write(file, [1, 3, 4, 5], new float[60]);
        // The same header for numbers of twice the size, and one of them 1e300.
        byte[] header = File.ReadAllBytes(path)[..^240];
        header["'<f4'"u8.Length + header.AsSpan().IndexOf("'<f4'"u8) - 2] = (byte)'8';
        double[] numbers = new double[60];
        numbers[7] = 1e300;
        File.WriteAllBytes(path, [.. header, .. numbers.SelectMany(BitConverter.GetBytes)]);
        Outcome outcome = Run(path);
        Assert.Contains(
            "1 of 60 values are NaN, infinite or beyond float32, the first (Infinity) at [0, 0, 1, 2]",
            outcome.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_output_that_overflows_is_told_and_finite_values_are_not()
    {
        Outcome large = Run([.. Enumerable.Repeat(3e38f, 60)]);
        Assert.Contains("note: The output 'output': 2 of 2 values", large.Error, StringComparison.Ordinal);
        Assert.Contains("although the input is finite", large.Error, StringComparison.Ordinal);
        Assert.Empty(Run(new float[60]).Error);
    }

    private Outcome Run(float[] values)
    {
        string path = _work.File("values.npy");
        using (FileStream file = File.Create(path))
            NpyFile.Write(file, [values.Length / 60, 3, 4, 5], values);
        return Run(path);
    }

    private Outcome Run(string path)
    {
        using var model = Evenkeel.Model.Create(Network.Input(4, 5, 3).Add(new Flatten()).Linear(2).Build(), 1);
        model.Floats("linear1.weight").Fill(1);
        OnnxExport.Save(model, _work.File("m.onnx"));
        return Shell
            .Run("run", _work.File("m.onnx"), "--input", path, "--output-dir", _work.File("out"), "--json")
            .Expect(0);
    }
}
