using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Reference;

/// <summary>
/// y = a + b, lowered to steps that exist (a leaky rectifier of slope 1 is the identity): the library has no layer of two inputs yet,
/// and values with several readers need one.
/// </summary>
internal sealed record Add : Layer
{
    private static readonly LeakyRelu Copy = new(1f);

    public override string Kind => "add";

    public override int InputCount => 2;

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1] ? inputs[0] : throw new ArgumentException($"{inputs[0]} and {inputs[1]} differ");

    public override void Forward(ForwardContext context)
    {
        int count = context.InputShape(0).Count;
        context.Emit(new ActivationForward(context.Name, Copy, count, context.Input(0), context.Output));
        context.Emit(new AccumulateGradient(context.Name, count, context.Input(1), context.Output));
    }

    public override void Backward(BackwardContext context)
    {
        for (int i = 0; i < InputCount; i++)
        {
            if (context.InputGradient(i) is { } dx)
                context.Emit(
                    new ActivationBackward(
                        context.Name,
                        Copy,
                        context.InputShape(i).Count,
                        context.Input(i),
                        context.OutputGradient,
                        dx
                    )
                );
        }
    }
}
