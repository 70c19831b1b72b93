using System.Collections.Immutable;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;
using Evenkeel.Testing.Peers;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>Silero's networks that tell speech from silence beside ONNX Runtime; they are in the npm package @ricky0123/vad-web.</summary>
public sealed class SpeechNetworkTests
{
    private const string Variable = "EVENKEEL_SILERO_DATA";
    private const int Batch = 2;

    [Theory]
    [InlineData("silero_vad_v5.onnx", 16000, 512)]
    [InlineData("silero_vad_v6.onnx", 16000, 512)]
    [InlineData("silero_vad_v5.onnx", 8000, 256)]
    public void They_give_what_ONNX_Runtime_gives(string name, int rate, int samples)
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(folder is null, $"Set {Variable} to a folder with the files.");
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        string path = Path.Combine(folder!, name);
        var options = new OnnxImportOptions
        {
            InputValues = new Dictionary<string, double> { ["sr"] = rate },
            InputShapes = new Dictionary<string, ImmutableArray<int>>
            {
                ["input"] = [Batch, samples],
                ["state"] = [2, Batch, 128],
            },
        };
        using OnnxModel model = OnnxModel.Load(path, options);
        float[] x = Values(Batch * samples),
            state = Values(2 * Batch * 128);
        IReadOnlyDictionary<string, PeerArray> expected = Peer(path, rate, x, state);
        Graph graph = model.Model.Graph;
        using var device = Device.Cpu(1);
        using var executor = new Executor(model.Model, new PlanOptions(PlanMode.Inference, Batch), device);
        float[] front = BatchOrder.ToFront(state, [2, Batch, 128], 1);
        executor.ForwardAll([x, ChannelOrder.ToLast(front, graph["state"].Shape)]);
        for (int i = 0; i < graph.Results.Length; i++)
        {
            GraphOutput output = graph.Results[i];
            float[] found = ChannelOrder.ToFirst(executor.OutputAt(i).ToArray(), graph[output.Node].Shape);
            PeerArray wanted = expected[output.Name];
            if (output.Name == "stateN")
                found = BatchOrder.FromFront(found, wanted.Dimensions, 1);
            // Float32 through convolutions and an LSTM. Magnitudes of frequencies are roots of sums of squares, which near 0 have few digits.
            float worst = wanted.Values.Zip(found, (a, b) => Math.Abs(a - b)).Max();
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}, {rate}: {output.Name} {worst:g2}");
            Assert.InRange(worst, 0, 1e-4f);
        }
    }

    // The peer is fed floats alone: the rate is put into a copy of the file.
    private static IReadOnlyDictionary<string, PeerArray> Peer(string path, long rate, float[] x, float[] state)
    {
        ModelProto proto = ModelReader.Read(path, new OnnxImportOptions());
        ValueInfoProto given = proto.Graph.Input.Single(i => i.Name == "sr");
        proto.Graph.Input.Remove(given);
        var tensor = new TensorProto { Name = "sr", DataType = (int)TensorType.Int64 };
        tensor.Int64Data.Add(rate);
        proto.Graph.Initializer.Add(tensor);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.onnx"), proto.ToByteArray());
        using var peer = new OnnxRuntimePeer(folder.File("m.onnx"));
        return peer.Run(
            new Dictionary<string, PeerArray>
            {
                ["input"] = new([Batch, x.Length / Batch], x),
                ["state"] = new([2, Batch, 128], state),
            }
        );
    }

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(0.7f * i))];
}
