using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Evenkeel.Testing.Peers;

/// <summary>Values of one input or output: float32, row by row.</summary>
/// <param name="Dimensions">All of them, the batch first.</param>
/// <param name="Values">As many as the dimensions multiply to.</param>
public sealed record PeerArray(int[] Dimensions, float[] Values);

/// <summary>ONNX Runtime on the processor, in this process: what other systems compute from a file.</summary>
public sealed class OnnxRuntimePeer : IDisposable
{
    /// <summary>How to have ONNX Runtime, for tests that are skipped without it.</summary>
    public const string HowToGet =
        "ONNX Runtime is not here; its package is 153 MB. To fetch it: OnnxRuntimePeer=true dotnet test -c Release";

    private static readonly Lazy<bool> Present = new(Loads);

    private readonly InferenceSession _session;

    /// <summary>Opens a model file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads that compute one operator.</param>
    public OnnxRuntimePeer(string path, int threads = 1)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(path, options);
    }

    /// <summary>Whether its library is beside the tests.</summary>
    public static bool IsPresent => Present.Value;

    /// <summary>Its version.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Names of the inputs, in the file's order.</summary>
    public IReadOnlyList<string> InputNames => _session.InputNames;

    /// <summary>Names of the outputs, in the file's order.</summary>
    public IReadOnlyList<string> OutputNames => _session.OutputNames;

    /// <summary>Computes all float32 outputs from the model's first input.</summary>
    public IReadOnlyDictionary<string, PeerArray> Run(PeerArray input) =>
        Run(new Dictionary<string, PeerArray> { [InputNames[0]] = input });

    /// <summary>Computes all float32 outputs.</summary>
    public IReadOnlyDictionary<string, PeerArray> Run(IReadOnlyDictionary<string, PeerArray> inputs)
    {
        NamedOnnxValue[] named =
        [
            .. inputs.Select(i =>
                NamedOnnxValue.CreateFromTensor(i.Key, new DenseTensor<float>(i.Value.Values, i.Value.Dimensions))
            ),
        ];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> found = _session.Run(named);
        return found
            .Where(value => value.Value is Tensor<float>)
            .ToDictionary(
                value => value.Name,
                value => new PeerArray(value.AsTensor<float>().Dimensions.ToArray(), [.. value.AsTensor<float>()])
            );
    }

    /// <summary>Computes without reading the outputs, to be timed.</summary>
    public Action Prepare(PeerArray input)
    {
        NamedOnnxValue[] named =
        [
            NamedOnnxValue.CreateFromTensor(InputNames[0], new DenseTensor<float>(input.Values, input.Dimensions)),
        ];
        return () => _session.Run(named).Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static bool Loads()
    {
        try
        {
            return OrtEnv.Instance() is not null;
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return false;
        }
    }
}
