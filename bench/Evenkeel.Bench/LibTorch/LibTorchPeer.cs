namespace Evenkeel.Bench.LibTorch;

/// <summary>The program in bench/peers/libtorch, which its <c>run</c> builds and starts.</summary>
internal sealed class LibTorchPeer(string peers)
{
    private readonly string _run = Path.Combine(peers, "libtorch", "run");

    /// <summary>Whether it has been built; nothing is fetched unasked.</summary>
    public bool IsBuilt => File.Exists(Path.Combine(peers, "libtorch", "bin", "peer", "built"));

    /// <summary>As shipped.</summary>
    public StepProcess Start(StepNetwork network, StepCase asked) => new(_run, ["time", .. asked.Words(network)]);

    /// <summary>With a glibc that keeps freed memory, which spares it page faults.</summary>
    public StepProcess StartTuned(StepNetwork network, StepCase asked) =>
        new(_run, ["--tuned", "time", .. asked.Words(network)]);

    /// <summary>Lets it compute the gradients of a step in float32 and in float64.</summary>
    public void Check(StepNetwork network, bool batchNorm, string given, string single, string exact)
    {
        string[] words = ["check", network.Name, given, single, exact];
        Peer.Output(_run, batchNorm ? words : [.. words, "--no-bn"]);
    }
}
