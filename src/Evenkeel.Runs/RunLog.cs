using Evenkeel.Diagnostics;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Reporting.TensorBoard;
using Evenkeel.Runs.Scoring;
using Evenkeel.Training;

namespace Evenkeel.Runs;

/// <summary>
/// The values of a run: lines of <c>metrics.jsonl</c>, and the same for TensorBoard. A line of training has <c>loss</c>, one of an
/// evaluation has the score, one of a probe has gradients and saturated values; none has two of them. What is recorded of layers has a file of
/// its own, because it is much.
/// </summary>
internal sealed class RunLog : IDisposable
{
    /// <summary>Before the name of a layer: the norm of the gradient by its weights and biases.</summary>
    public const string Gradient = "gradient/";

    /// <summary>Before the name of an activation: the part of its values that are saturated.</summary>
    public const string Saturated = "saturated/";

    private readonly MetricsLog _metrics;
    private readonly LogNotes[] _notes;

    private RunLog(MetricsLog metrics, MetricsLog? layers, RunFiles files, RunConfig config)
    {
        _metrics = metrics;
        Layers = layers;
        if (config.TensorBoard)
            TensorBoard = new TensorBoardWriter(files.TensorBoard);
        _notes =
        [
            new LogNotes(Path.GetFileName(files.Metrics), "lines", () => _metrics.State),
            .. TensorBoard is { } events
                ? (LogNotes[])[new LogNotes("the log for TensorBoard", "events", () => events.State)]
                : [],
            .. layers is not null
                ? (LogNotes[])[new LogNotes(Path.GetFileName(files.Layers), "lines", () => layers.State)]
                : [],
        ];
    }

    /// <summary>TensorBoard's events, if they are wanted.</summary>
    public TensorBoardWriter? TensorBoard { get; }

    /// <summary>The records of layers, if they are wanted.</summary>
    public MetricsLog? Layers { get; }

    /// <summary>Begins the log of a new run.</summary>
    public static RunLog Begin(RunFiles files, RunConfig config) =>
        new(
            MetricsLog.Create(files.Metrics),
            config.InspectEvery > 0 ? MetricsLog.Create(files.Layers) : null,
            files,
            config
        );

    /// <summary>Goes on after a step; lines after it are taken away, because the steps are done again.</summary>
    public static RunLog Resume(RunFiles files, RunConfig config, long step) =>
        new(
            MetricsLog.Resume(files.Metrics, step),
            config.InspectEvery > 0 || File.Exists(files.Layers) ? MetricsLog.Resume(files.Layers, step) : null,
            files,
            config
        );

    /// <summary>One training step; allocates nothing.</summary>
    public void Training(StepResult step)
    {
        (string, double) loss = ("loss", step.Loss),
            rate = ("learningRate", step.LearningRate);
        if (double.IsNaN(step.GradientNorm))
        {
            _metrics.Append(step.Step, loss, rate);
        }
        else
        {
            _metrics.Append(step.Step, loss, rate, ("gradientNorm", step.GradientNorm));
            TensorBoard?.Scalar("train/gradient_norm", step.Step, step.GradientNorm);
        }

        TensorBoard?.Scalar("train/loss", step.Step, step.Loss);
        TensorBoard?.Scalar("train/learning_rate", step.Step, step.LearningRate);
    }

    /// <summary>One evaluation on the validation data.</summary>
    public void Evaluation(long step, Score score, double loss)
    {
        _metrics.Append(step, (score.Kind.Key, score.Value), ("validationLoss", loss));
        TensorBoard?.Scalar($"validation/{score.Name.Replace(' ', '_')}", step, score.Value);
        TensorBoard?.Scalar("validation/loss", step, loss);
        TensorBoard?.Flush();
    }

    /// <summary>Gradients and saturated values of all layers.</summary>
    public void Propagation(long step, Propagation found)
    {
        (string Name, double Value)[] values =
        [
            .. found.Weights.Select(w => (Gradient + w.Layer, w.Value)),
            .. found.Saturated.Select(s => (Saturated + s.Layer, s.Value)),
        ];
        _metrics.Append(step, values);
        foreach ((string name, double value) in values)
            TensorBoard?.Scalar(name, step, value);
    }

    /// <summary>Makes what was logged durable; before each checkpoint, so that none is ahead of its log.</summary>
    public void Flush()
    {
        _metrics.Flush();
        Layers?.Flush();
        TensorBoard?.Flush();
    }

    /// <summary>Tells what could not be written, or was made again, since it was last told.</summary>
    public void Tell(RunHost host) => Array.ForEach(_notes, notes => notes.Tell(host));

    /// <summary>Tells what is not in the files at the end.</summary>
    public void TellLost(RunHost host) => Array.ForEach(_notes, notes => notes.TellLost(host));

    public void Dispose()
    {
        TensorBoard?.Dispose();
        Layers?.Dispose();
        _metrics.Dispose();
    }
}
