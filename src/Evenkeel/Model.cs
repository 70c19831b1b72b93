using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>
/// A network with its tensors: parameters and running statistics, shared by every plan that runs the network. Any number of threads may read
/// it while none changes it. Disposing it lets go of the tensors: what still computes on them ends its call, and is refused the next one.
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
    /// What reading, importing or converting this model assumed, one plain sentence each; empty for a model that nothing was assumed of.
    /// Kept by all that makes another model of this one, and by its files. Whatever the network itself leaves to its users' surprise, such as
    /// outputs that depend on the batch, stands there too.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public IReadOnlyList<string> Notes => [.. HoldingNotes.Select(n => n.Text), .. StoredStatistics.Notes(Graph)];

    /// <summary>
    /// Batch normalisations whose running statistics no file gave and nothing has measured yet: mean 0 and variance 1 stand in their place.
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

    /// <summary>Number of learned values, padding not counted.</summary>
    public long ParameterCount =>
        Layout.Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State).Sum(t => (long)t.Tensor.Spec.Count);

    /// <summary>
    /// A model with initial values. Each tensor has a random stream of its own, drawn from the seed and its name, so that the same
    /// layer begins with the same weights whatever else the network holds.
    /// </summary>
    public static Model Create(Graph graph, ulong seed) => Create(graph, seed, (_, _) => false);

    /// <summary>A model with given values; a tensor that gets none has its initial values.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="fill">Is asked about every float32 tensor once.</param>
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

    /// <summary>Notes what was assumed; a sentence that stands there already is not repeated.</summary>
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
    /// A model of another network that takes over every tensor of the same name and size, and the notes; the rest begins as initialised. So a
    /// network of other classes is fine-tuned, and one of which <see cref="LayerFreezing.FreezeBefore"/> has frozen layers.
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

    /// <summary>The model with every batch normalisation inferring with its running statistics; this one is left as it is.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Model WithStoredStatistics() =>
        With(Graph.ReplaceEach<BatchNorm>((_, norm) => norm with { InferenceStatistics = StatisticsSource.Running }));

    /// <summary>SHA-256 over all parameters, running statistics left out: the same as long as no weight has changed.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public string ParameterChecksum() =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Memory.Parameters.All));

    /// <summary>A copy that shares nothing.</summary>
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
