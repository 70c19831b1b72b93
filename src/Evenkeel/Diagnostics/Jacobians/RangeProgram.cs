using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Diagnostics.Jacobians;

/// <summary>The layers of a range made ready to be gone through at one point, forward and backward.</summary>
internal sealed class RangeProgram : IDisposable
{
    // The loss is the product of output and target, so its gradient by the output is the target.
    private static readonly CustomLoss Product = new(
        "product with a vector",
        (output, target, gradient) =>
        {
            target.CopyTo(gradient);
            return 0;
        }
    );

    private readonly LayerRange _range;
    private readonly Device _device;
    private readonly ExecutionPlan _plan;
    private readonly Program _program;
    private readonly float[] _vector;
    private readonly float[] _moved;
    private readonly ReadOnlyMemory<float>[] _sides;

    public RangeProgram(LayerRange range, int examples, Device device)
    {
        (_range, _device, Examples) = (range, device, examples);
        Model = Model.Create(range.Graph, 0);
        var options = new PlanOptions(PlanMode.Training, examples)
        {
            Loss = Product,
            Observed = [range.From],
            ObserveGradients = true,
        };
        _plan = ExecutionPlan.Build(range.Graph, options, device.DeviceRules);
        _program = device.Compile(_plan, new Bindings(_plan, Model));
        Point = new float[examples * Inputs];
        _moved = new float[Point.Length];
        _vector = new float[examples * Outputs];
        Sides = [.. range.Sides.Select(name => new float[examples * range.Graph.ShapeOf(name).Count])];
        _sides = Array.ConvertAll(Sides, side => new ReadOnlyMemory<float>(side));
    }

    /// <summary>The tensors of the layers; the caller fills them.</summary>
    public Model Model { get; }

    /// <summary>Examples at the point.</summary>
    public int Examples { get; }

    /// <summary>Values of an example that go in.</summary>
    public int Inputs => _range.Graph.Input.Shape.Count;

    /// <summary>Values of an example that come out.</summary>
    public int Outputs => _range.Graph.OutputShape.Count;

    /// <summary>Where the Jacobian is taken, [examples, inputs]; the caller fills it.</summary>
    public float[] Point { get; }

    /// <summary>The other values that are read; the caller fills them.</summary>
    public float[][] Sides { get; }

    /// <summary>Transposed Jacobian times vector, by a backward pass.</summary>
    /// <param name="vector">[examples, outputs].</param>
    /// <returns>[examples, inputs].</returns>
    public double[] Pull(ReadOnlySpan<double> vector)
    {
        for (int i = 0; i < _vector.Length; i++)
            _vector[i] = (float)vector[i];
        Run(_plan.ForwardSteps + _plan.BackwardSteps, Point);
        double[] gradient = _program.Values(_plan.GradientOf(_range.From));
        // The loss is a mean over examples.
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] *= Examples;
        return gradient;
    }

    /// <summary>
    /// Jacobian times vector, by a central difference: nearly, as far as the layers are curved. For starting directions only; no result rests on it.
    /// </summary>
    /// <param name="direction">[examples, inputs].</param>
    /// <param name="steps">How far each example is moved along its direction to either side.</param>
    /// <returns>[examples, outputs].</returns>
    public double[] Push(double[] direction, double[] steps)
    {
        double[] ahead = OutputAt(direction, steps, 1),
            behind = OutputAt(direction, steps, -1);
        for (int i = 0; i < ahead.Length; i++)
            ahead[i] = (ahead[i] - behind[i]) / (2 * steps[i / Outputs]);
        return ahead;
    }

    public void Dispose() => Model.Dispose();

    private double[] OutputAt(double[] direction, double[] steps, int sign)
    {
        for (int i = 0; i < _moved.Length; i++)
            _moved[i] = (float)(Point[i] + (sign * steps[i / Inputs] * direction[i]));
        Run(_plan.ForwardSteps, _moved);
        return _program.Values(_plan.ValueOf(_plan.Graph.OutputName)!.Value);
    }

    private void Run(int steps, float[] inputs)
    {
        using Exclusive.Turn hold = _device.Hold();
        _program.Run(
            0,
            steps,
            new RunInput
            {
                Batch = Examples,
                Inputs = inputs,
                Further = _sides,
                Targets = new Targets(_vector),
            }
        );
    }
}
