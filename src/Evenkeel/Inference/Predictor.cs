using System.Collections.Concurrent;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Inference;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// Runs a model on arrays for inference. Any number of threads may call it at the same time: they share the weights, and each running call
/// has its own activations and worker threads. The constructor folds batch normalisation where that gives the same function, and packs
/// convolution weights for speed. Weights and packed weights together take two to three times the memory of the weights. A model that is
/// trained further needs a new predictor. Calls that run during <see cref="Dispose"/> end normally. The threads of a predictor that is not
/// disposed of end when the predictor is collected.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly Model _given;
    private readonly Model _model;
    private readonly Model? _folded;
    private readonly ExecutionPlan _plan;
    private readonly bool _mixesExamples;
    private readonly Constants? _constants;
    private readonly int _threads;
    private readonly ConcurrentBag<Session> _idle = [];
    private int _disposed;

    // The predictor until it is disposed of, and every call that runs: the last one frees what they share.
    private int _users = 1;

    /// <summary>Plans the model's inference.</summary>
    /// <param name="model">The model, which is not changed. Predictions throw after the model is disposed of.</param>
    /// <param name="maxBatch">
    /// Examples computed at a time, 1 or more; larger batches are split, unless examples depend on each other.
    /// </param>
    /// <param name="threads">Threads of each call, 1 or more; results do not depend on it.</param>
    /// <exception cref="GraphException">The network has several inputs.</exception>
    public Predictor(Model model, int maxBatch = 64, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (model.Graph.Inputs is { Length: > 1 } inputs)
            throw new GraphException($"A predictor feeds one input, not {inputs.Length}; use an executor.");
        if (model.Graph.Nodes.Any(n => n.Layer is BatchNorm or WhiteningNorm))
            _folded = Folded(model);
        _given = model;
        _model = _folded ?? model;
        OutputNames = [.. _model.Graph.Results.Select(o => o.Name)];
        OutputShapes = [.. _model.Graph.OutputNames.Select(_model.Graph.ShapeOf)];
        _threads = threads;
        _mixesExamples = _model.Graph.Nodes.Any(n => n.Layer.MixesExamples);
        _plan = ExecutionPlan.Build(_model.Graph, new PlanOptions(PlanMode.Inference, maxBatch));
        using (var device = Device.Cpu(threads))
            _constants = device.Prepare(_plan, _model);
        _idle.Add(new Session(_plan, _model, _constants, _threads));
    }

    /// <summary>Shape of one example, channels last.</summary>
    public Shape InputShape => _model.Graph.Input.Shape;

    /// <summary>Shape of the primary output for one example, channels last.</summary>
    public Shape OutputShape => _model.Graph.OutputShape;

    /// <summary>What makes the primary output.</summary>
    internal Layer LastLayer => _model.Graph.Output.Layer;

    /// <summary>Names of all outputs, the primary one first.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Shapes of all outputs for one example, channels last, in the order of <see cref="OutputNames"/>.</summary>
    public IReadOnlyList<Shape> OutputShapes { get; }

    /// <summary>The network's primary output for a batch of any size.</summary>
    /// <param name="inputs">[batch, ...<see cref="InputShape"/>].</param>
    /// <returns>[batch, ...<see cref="OutputShape"/>].</returns>
    /// <exception cref="ArgumentException">The values are not a whole number of examples.</exception>
    public float[] Predict(ReadOnlySpan<float> inputs)
    {
        float[] outputs = new float[checked(Batch(inputs.Length) * OutputShape.Count)];
        Predict(inputs, outputs);
        return outputs;
    }

    /// <summary>All outputs of the network, by name, for a batch of any size.</summary>
    /// <param name="inputs">[batch, ...<see cref="InputShape"/>].</param>
    /// <returns>For each output [batch, ...shape of the output].</returns>
    /// <exception cref="ArgumentException">The values are not a whole number of examples.</exception>
    public IReadOnlyDictionary<string, float[]> PredictAll(ReadOnlySpan<float> inputs)
    {
        int batch = Batch(inputs.Length);
        Memory<float>[] outputs = [.. OutputShapes.Select(s => new float[checked(batch * s.Count)].AsMemory())];
        PredictAll(inputs, outputs);
        return OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => pair.Second.ToArray());
    }

    /// <summary>Writes all outputs of the network for a batch of any size; nothing is allocated.</summary>
    /// <param name="inputs">[batch, ...<see cref="InputShape"/>].</param>
    /// <param name="outputs">One per output, in the order of <see cref="OutputNames"/>, [batch, ...shape of the output].</param>
    /// <exception cref="ArgumentException">
    /// The values are not a whole number of examples, or a span for results has the wrong length.
    /// </exception>
    public void PredictAll(ReadOnlySpan<float> inputs, ReadOnlySpan<Memory<float>> outputs)
    {
        int batch = Batch(inputs.Length);
        if (outputs.Length != OutputNames.Count)
            throw new ArgumentException(
                $"The network has {OutputNames.Count} outputs, not {outputs.Length}.",
                nameof(outputs)
            );
        for (int i = 0; i < outputs.Length; i++)
            RequireFit(batch, OutputShapes[i], outputs[i].Length);
        Session session = Rent(batch);
        try
        {
            for (int first = 0; first < batch; first += session.MaxBatch)
            {
                int count = Math.Min(session.MaxBatch, batch - first);
                ReadOnlySpan<float> piece = Examples(inputs, InputShape, first, count);
                session.Run(piece);
                for (int i = 0; i < outputs.Length; i++)
                    session.Read(i, piece, Examples(outputs[i].Span, OutputShapes[i], first, count));
            }
        }
        finally
        {
            Return(session);
        }
    }

    /// <summary>Writes the network's primary output for a batch of any size.</summary>
    /// <param name="inputs">[batch, ...<see cref="InputShape"/>].</param>
    /// <param name="outputs">Receives [batch, ...<see cref="OutputShape"/>].</param>
    /// <exception cref="ArgumentException">
    /// The values are not a whole number of examples, or a span for results has the wrong length.
    /// </exception>
    public void Predict(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int batch = Batch(inputs.Length);
        RequireFit(batch, OutputShape, outputs.Length);
        Session session = Rent(batch);
        try
        {
            for (int first = 0; first < batch; first += session.MaxBatch)
            {
                int count = Math.Min(session.MaxBatch, batch - first);
                ReadOnlySpan<float> piece = Examples(inputs, InputShape, first, count);
                session.Run(piece);
                session.Read(0, piece, Examples(outputs, OutputShape, first, count));
            }
        }
        finally
        {
            Return(session);
        }
    }

    /// <summary>Runs batches with a clock on every step, apart from all other calls.</summary>
    internal (ExecutionPlan Plan, StepClock Clock) Time(ReadOnlySpan<float> inputs, int warmUp, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Batch(inputs.Length), _plan.Options.MaxBatch);
        var clock = new StepClock(_plan.Steps.Length);
        Enter();
        try
        {
            using var session = new Session(_plan, _model, _constants, _threads);
            for (int i = 0; i < warmUp; i++)
                session.Run(inputs);
            session.Clock = clock;
            for (int i = 0; i < runs; i++)
                session.Run(inputs);
        }
        finally
        {
            Leave();
        }

        return (_plan, clock);
    }

    private static Model Folded(Model model)
    {
        using Model maps = model.FoldWhitening();
        // What epsilon decides is decided in the same way: the same numbers go into the same formula.
        return maps.FoldBatchNorm(new FoldOptions { AllowNearZeroVariance = true });
    }

    // A batch whose examples depend on each other is run as a whole. Weights are packed for the usual size alone.
    private Session Take(int batch)
    {
        bool usual = !_mixesExamples || batch <= _plan.Options.MaxBatch;
        if (_idle.TryTake(out Session? session))
        {
            if (usual || session.MaxBatch >= batch)
                return session;
            session.Dispose();
        }

        if (usual)
            return new Session(_plan, _model, _constants, _threads);
        var whole = ExecutionPlan.Build(_model.Graph, new PlanOptions(PlanMode.Inference, batch));
        return new Session(whole, _model, null, _threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Leave();
    }

    private void Enter()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            if (Volatile.Read(ref _disposed) == 1 || users == 0)
                throw new ObjectDisposedException(nameof(Predictor), "This predictor has been disposed of.");
        } while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        while (_idle.TryTake(out Session? session))
            session.Dispose();
        _constants?.Dispose();
        _folded?.Dispose();
    }

    private Session Rent(int batch)
    {
        Enter();
        try
        {
            _given.ThrowIfDisposed();
            return Take(batch);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    private void Return(Session session)
    {
        _idle.Add(session);
        Leave();
    }

    private static Span<float> Examples(Span<float> values, Shape shape, int first, int count) =>
        values.Slice(first * shape.Count, count * shape.Count);

    private static ReadOnlySpan<float> Examples(ReadOnlySpan<float> values, Shape shape, int first, int count) =>
        values.Slice(first * shape.Count, count * shape.Count);

    private static void RequireFit(int batch, Shape shape, int length)
    {
        if (length != (long)batch * shape.Count)
            throw new ArgumentException(
                $"{batch} examples give {(long)batch * shape.Count} values, not {length}.",
                nameof(length)
            );
    }

    private int Batch(int values) =>
        values % InputShape.Count == 0
            ? values / InputShape.Count
            : throw new ArgumentException(
                $"{values} values are not a whole number of examples of {InputShape.Count} ({InputShape})."
            );
}
