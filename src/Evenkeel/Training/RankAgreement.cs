using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Evenkeel.Kernels.Storage;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Training;

/// <summary>That ranks train the same: what must be equal is compared, the rest comes from the first rank.</summary>
internal static class RankAgreement
{
    private const int SampledExamples = 16;

    /// <summary>Compares something of all ranks by its hash.</summary>
    /// <param name="ranks">All of them come here.</param>
    /// <param name="what">What is compared, for people.</param>
    /// <param name="hash">Of this rank.</param>
    /// <exception cref="CommunicatorException">It names the first rank that differs from rank 0.</exception>
    public static void Require(Communicator ranks, string what, ulong hash)
    {
        ulong[] all = Gather(ranks, what, hash);
        int other = Array.FindIndex(all, h => h != all[0]);
        if (other >= 0)
            throw new CommunicatorException(
                $"rank {other} of {ranks.Size} differs from rank 0 in its {what}; start all ranks with the same configuration and files"
            )
            {
                Rank = other,
            };
    }

    /// <summary>The hashes of something of all ranks, in their order.</summary>
    /// <param name="ranks">All of them come here.</param>
    /// <param name="what">What is compared, for people.</param>
    /// <param name="hash">Of this rank.</param>
    public static ulong[] Gather(Communicator ranks, string what, ulong hash)
    {
        ulong[] all = new ulong[ranks.Size];
        // Each reads its data and compiles its code at its own pace.
        (ranks.Purpose, ranks.Patient) = ($"comparison of each {what}", true);
        ranks.AllGather([hash], all);
        (ranks.Purpose, ranks.Patient) = (null, false);
        return all;
    }

    /// <summary>Ranks that compute with one model on the same data: both are compared, and the values come from the first rank.</summary>
    /// <param name="ranks">All of them come here; nothing is done where there is one.</param>
    /// <param name="model">This rank's; its values are overwritten on all but the first.</param>
    /// <param name="data">What it is computed on.</param>
    /// <exception cref="CommunicatorException">It names the first rank that differs from rank 0.</exception>
    public static void Join(Communicator? ranks, Model model, IDataset data)
    {
        if (ranks is not { Size: > 1 })
            return;
        Require(ranks, "data", HashOf(data));
        Join(ranks, model);
    }

    /// <summary>The same where the data is compared by the caller, or is none.</summary>
    public static void Join(Communicator ranks, Model model)
    {
        Require(ranks, "network", HashOf(model.Graph));
        Share(ranks, model.Memory.Parameters, model.Memory.State);
    }

    /// <summary>Gives all ranks the first one's values.</summary>
    public static void Share(Communicator ranks, params ReadOnlySpan<MemoryBlock> blocks)
    {
        foreach (MemoryBlock block in blocks)
            ranks.Broadcast(block.All);
    }

    /// <summary>Of a plan's text: its steps and the shapes of its buffers.</summary>
    public static ulong HashOf(ExecutionPlan plan)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        PlanDump.Write(plan, text);
        return HashOf(text.ToString());
    }

    /// <summary>Of numbers.</summary>
    public static ulong HashOf(ReadOnlySpan<int> values) => HashOf(MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Of the nodes of a graph.</summary>
    public static ulong HashOf(Graph graph) =>
        HashOf(
            string.Join('\n', graph.Nodes.Select(n => $"{n.Name} {n.Shape} {n.Layer} {string.Join(' ', n.Inputs)}"))
        );

    /// <summary>Of everything that results depend on.</summary>
    public static ulong HashOf(TrainingOptions options) =>
        HashOf((options with { Threads = 1, Workers = 1, Prefetch = 0, Epochs = 1, Steps = null }).ToString());

    /// <summary>Of a data set's size and shape, and of a few of its examples.</summary>
    public static ulong HashOf(IDataset data)
    {
        int[] indices =
        [
            .. Enumerable
                .Range(0, Math.Min(SampledExamples, data.Count))
                .Select(i => (int)((long)data.Count * i / SampledExamples)),
        ];
        float[] inputs = new float[indices.Length * data.InputLength];
        int[] labels = new int[indices.Length * data.LabelLength];
        float[] targets = new float[indices.Length * ((data as ITargetDataset)?.TargetLength ?? 0)];
        if (data is ITargetDataset own)
            own.Read(indices, 0, inputs, targets);
        else
            data.Read(indices, inputs, labels);
        return HashOf([
            .. MemoryMarshal.AsBytes<int>([data.Count, data.InputLength]),
            .. MemoryMarshal.AsBytes<float>(inputs),
            .. MemoryMarshal.AsBytes<int>(labels),
            .. MemoryMarshal.AsBytes<float>(targets),
        ]);
    }

    /// <summary>Of a text.</summary>
    public static ulong HashOf(string text) => HashOf(Encoding.UTF8.GetBytes(text));

    private static ulong HashOf(byte[] bytes) => BitConverter.ToUInt64(SHA256.HashData(bytes));
}
