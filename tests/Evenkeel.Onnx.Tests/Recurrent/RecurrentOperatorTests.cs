using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Testing.Peers;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>LSTM, GRU and RNN of files against ONNX's formulas in double, and beside ONNX Runtime.</summary>
public sealed class RecurrentOperatorTests
{
    private const int Cases = 60;

    // Float32 through up to five steps of sums of up to ten products; hidden states are below 1, cell states below 6.
    private const double Tolerance = 5e-6;

    [Theory]
    [InlineData("LSTM", 0)]
    [InlineData("LSTM", 1)]
    [InlineData("GRU", 0)]
    [InlineData("GRU", 1)]
    [InlineData("RNN", 0)]
    [InlineData("RNN", 1)]
    public void Every_output_is_what_the_formulas_give(string operation, int layout)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var drawn = new RecurrentCase(seed, operation, layout);
            Dictionary<string, float[]> found = Run(drawn);
            for (int i = 0; i < drawn.Batch; i++)
            {
                (double[] y, double[] hidden, double[] cell) = RecurrentReference.Run(drawn, i);
                foreach (((string name, _), double[] expected) in drawn.Outputs.Zip([y, hidden, cell]))
                    Close(expected, found[name].AsSpan(i * expected.Length, expected.Length), $"{drawn}: {name}");
            }
        }
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("RNN")]
    public void ONNX_Runtime_gives_the_same(string operation)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        for (int seed = 0; seed < Cases; seed++)
        {
            // It has no layout 1.
            var drawn = new RecurrentCase(seed, operation, layout: 0);
            File.WriteAllBytes(path, drawn.ToProto().ToByteArray());
            using var peer = new OnnxRuntimePeer(path);
            IReadOnlyDictionary<string, PeerArray> expected = peer.Run(
                drawn.Inputs().ToDictionary(i => i.Name, i => new PeerArray(i.Dimensions, i.Values))
            );
            Dictionary<string, float[]> found = Run(drawn);
            foreach ((string name, int[] dimensions) in drawn.Outputs)
            {
                PeerArray given = expected[name];
                float[] front = BatchOrder.ToFront(given.Values, given.Dimensions, dimensions.Length - 1);
                Close([.. front.Select(v => (double)v)], found[name], $"{drawn}: {name}");
            }
        }
    }

    // All outputs by name, with the batch in front.
    private static Dictionary<string, float[]> Run(RecurrentCase drawn)
    {
        using OnnxModel model = OnnxModel.Import(drawn.ToProto(), "test");
        Graph graph = model.Model.Graph;
        using var device = Device.Cpu(1);
        using var executor = new Executor(model.Model, new PlanOptions(PlanMode.Inference, drawn.Batch), device);
        Dictionary<string, float[]> given = drawn
            .Inputs()
            .ToDictionary(i => i.Name, i => BatchOrder.ToFront(i.Values, i.Dimensions, drawn.Layout == 0 ? 1 : 0));
        executor.ForwardAll([
            .. graph.Inputs.Select(n => (ReadOnlyMemory<float>)ChannelOrder.ToLast(given[n.Name], n.Shape)),
        ]);
        return graph
            .Results.Select((output, i) => (output, i))
            .ToDictionary(
                o => o.output.Name,
                o => ChannelOrder.ToFirst(executor.OutputAt(o.i).ToArray(), graph[o.output.Node].Shape)
            );
    }

    private static void Close(double[] expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= Tolerance, $"{what}[{i}]: {found[i]}, not {expected[i]}");
    }
}
