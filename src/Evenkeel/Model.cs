using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>
/// A network with its tensors: parameters and running statistics. Any number of threads may read a model while no thread changes it.
/// <see cref="Dispose"/> releases the tensors: running calls end normally, later calls throw.
/// </summary>
public sealed class Model : IDisposable
{
    private ModelMemory? _memory;
    private ImmutableArray<ModelNote> _notes = [];

    private Model(Graph graph)
    {
        Graph = graph;
        Layout = new TensorLayout(graph);
        _memory = new ModelMemory(Layout);
    }

    /// <summary>The network.</summary>
    public Graph Graph { get; }

    /// <summary>Where its tensors lie.</summary>
    internal TensorLayout Layout { get; }

    /// <summary>
    /// The assumptions that reading, importing or converting this model made, one sentence each; empty if there were none. Models made from
    /// this one and saved files keep them. Surprising properties of the network are included, such as outputs that depend on the batch.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public IReadOnlyList<string> Notes => [.. HoldingNotes.Select(n => n.Text), .. StoredStatistics.Notes(Graph)];

    /// <summary>
    /// Batch normalisations without running statistics: the file had none and none were measured. They use mean 0 and variance 1.
    /// </summary>
    public IReadOnlyList<string> UnmeasuredStatistics =>
        [.. HoldingNotes.SelectMany(n => n.Unmeasured).Distinct().Where(l => IsUsed(l) && !IsMeasured(l))];

    /// <summary>The notes that still hold: one about missing statistics ends when they have been measured.</summary>
    internal IEnumerable<ModelNote> HoldingNotes
    {
        get
        {
            ThrowIfDisposed();
            return _notes.Where(n => n.Unmeasured.IsEmpty || !n.Unmeasured.All(IsMeasured));
        }
    }

    /// <summary>All trainable parameters as one span, padding included.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Span<float> Trainable => Memory.Parameters.Span<float>(0, (int)(Layout.TrainableBytes / 4));

    /// <summary>Number of values that are no statistics, learned or frozen, as the start of a recurrent layer is; padding not counted.</summary>
    public long ParameterCount =>
        Layout.Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State).Sum(t => (long)t.Tensor.Spec.Count);

    /// <summary>How many of the <see cref="ParameterCount"/> values training changes.</summary>
    public long TrainableCount =>
        Layout.Tensors.Where(t => t.Tensor.Spec.Trainable).Sum(t => (long)t.Tensor.Spec.Count);

    /// <summary>
    /// A model with initial values. Each tensor has a separate random stream, from the seed and the tensor's name. So a layer gets the same
    /// initial weights whatever other layers the network has.
    /// </summary>
    public static Model Create(Graph graph, ulong seed) => Create(graph, seed, (_, _) => false);

    /// <summary>A model with given values; a tensor without given values has its initial values.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="fill">Called once for each float32 tensor.</param>
    public static Model Create(Graph graph, ulong seed, TensorFill fill)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(fill);
        var model = new Model(graph);
        try
        {
            foreach (TensorPlace place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32))
            {
                Span<float> values = model.Floats(place.Tensor.Name);
                if (!fill(place.Tensor.Name, values))
                    TensorInitialization.Fill(values, place.Tensor, seed);
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The values of a float32 tensor, in stored order.</summary>
    /// <exception cref="GraphException">There is no such tensor.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Span<float> Floats(string name)
    {
        TensorPlace place = Layout[name];
        return place.Tensor.Spec.Type == ElementType.Float32
            ? Memory.BlockOf(place).Span<float>(place.ByteOffset, place.Tensor.Spec.Count)
            : throw new GraphException($"Tensor '{name}' is {place.Tensor.Spec.Type}, not Float32.");
    }

    /// <summary>The values of an int64 tensor.</summary>
    /// <exception cref="GraphException">There is no such tensor.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Span<long> Integers(string name)
    {
        TensorPlace place = Layout[name];
        return place.Tensor.Spec.Type == ElementType.Int64
            ? Memory.BlockOf(place).Span<long>(place.ByteOffset, place.Tensor.Spec.Count)
            : throw new GraphException($"Tensor '{name}' is {place.Tensor.Spec.Type}, not Int64.");
    }

    /// <summary>Adds an assumption to the notes; a repeated sentence is not added.</summary>
    /// <param name="note">One plain sentence.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public void AddNote(string note)
    {
        ArgumentException.ThrowIfNullOrEmpty(note);
        AddNotes([new ModelNote(note)]);
    }

    internal void AddNotes(IEnumerable<ModelNote> notes)
    {
        ThrowIfDisposed();
        ModelNote[] added = [.. notes];
        ImmutableInterlocked.Update(
            ref _notes,
            old => old.AddRange(added.ExceptBy(old.Select(o => o.Text), n => n.Text))
        );
    }

    /// <summary>
    /// A model of another network with this model's notes and its tensors of the same name and size; other tensors have initial values. Use
    /// it to fine-tune for other classes, or with layers that <see cref="LayerFreezing.FreezeBefore"/> has frozen.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Model With(Graph graph, ulong seed = 0)
    {
        ThrowIfDisposed();
        Dictionary<string, int> counts = Layout.Tensors.ToDictionary(t => t.Tensor.Name, t => t.Tensor.Spec.Count);
        Model other = Create(graph, seed, TakeOver);
        foreach (TensorPlace place in other.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Int64))
        {
            if (counts.ContainsKey(place.Tensor.Name))
                Integers(place.Tensor.Name).CopyTo(other.Integers(place.Tensor.Name));
        }

        other.AddNotes(HoldingNotes);
        return other;

        bool TakeOver(string name, Span<float> values)
        {
            if (counts.GetValueOrDefault(name, -1) != values.Length)
                return false;
            Floats(name).CopyTo(values);
            return true;
        }
    }

    /// <summary>A model in which inference of every batch normalisation uses the running statistics; this model is not changed.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Model WithStoredStatistics() =>
        With(Graph.ReplaceEach<BatchNorm>((_, norm) => norm with { InferenceStatistics = StatisticsSource.Running }));

    /// <summary>SHA-256 over all parameters, without running statistics: it changes only if a parameter changes.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public string ParameterChecksum() =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Memory.Parameters.All));

    /// <summary>A copy with its own tensors.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Model Clone() => With(Graph);

    /// <summary>Takes over every value, and the notes, of a model of the same network.</summary>
    internal void CopyFrom(Model other)
    {
        ModelMemory from = other.Memory,
            to = Memory;
        from.Parameters.All.CopyTo(to.Parameters.All);
        from.State.All.CopyTo(to.State.All);
        AddNotes(other.HoldingNotes);
    }

    /// <inheritdoc/>
    public void Dispose() => _memory = null;

    /// <summary>The tensors, for whoever computes on them.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    internal ModelMemory Memory =>
        Volatile.Read(ref _memory)
        ?? throw new ObjectDisposedException(
            nameof(Model),
            "This model has been disposed of, and its tensors with it."
        );

    /// <summary>Refuses to go on with a model that has been disposed of.</summary>
    internal void ThrowIfDisposed() => _ = Memory;

    // Where each batch has its own, the stored ones play no part.
    private bool IsUsed(string layer) =>
        Graph.Contains(layer) && Graph[layer].Layer is BatchNorm { InferenceStatistics: StatisticsSource.Running };

    private bool IsMeasured(string layer) =>
        Layout.Find($"{layer}.num_batches_tracked") is { } counter && Integers(counter.Tensor.Name)[0] > 0;
}
