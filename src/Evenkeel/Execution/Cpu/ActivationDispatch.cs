using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Execution.Cpu;

/// <summary>Something to be done for one type of function, known when it is compiled.</summary>
internal interface IActivationBody
{
    void Run<TAct>(TAct activation)
        where TAct : struct, IActivation;
}

/// <summary>From a layer's record to the kernel's struct: the one place that knows both.</summary>
internal static class ActivationDispatch
{
    public static void Run<TBody>(Layers.UnaryFunction? function, TBody body)
        where TBody : struct, IActivationBody, allows ref struct
    {
        switch (function)
        {
            case null:
                body.Run(new Identity());
                break;
            case Layers.Sigmoid:
                body.Run(new Sigmoid());
                break;
            case Layers.Tanh:
                body.Run(new Tanh());
                break;
            case Layers.Relu:
                body.Run(new Relu());
                break;
            case Layers.LeakyRelu leaky:
                body.Run(new LeakyRelu(leaky.Slope));
                break;
            case Layers.Elu elu:
                body.Run(new Elu(elu.Alpha));
                break;
            case Layers.Clip clip:
                body.Run(new Clip(clip.Min, clip.Max));
                break;
            case Layers.HardSigmoid hard:
                body.Run(new HardSigmoid(hard.Slope, hard.Offset));
                break;
            case Layers.HardSwish:
                body.Run(new HardSwish());
                break;
            case Layers.Softplus:
                body.Run(new Softplus());
                break;
            case Layers.Swish:
                body.Run(new Swish());
                break;
            default:
                RunFunction(function, body);
                break;
        }
    }

    private static void RunFunction<TBody>(Layers.UnaryFunction function, TBody body)
        where TBody : struct, IActivationBody, allows ref struct
    {
        switch (function)
        {
            case Layers.Gelu:
                body.Run(new Gelu());
                break;
            case Layers.GeluTanh:
                body.Run(new GeluTanh());
                break;
            case Layers.Exp:
                body.Run(new Exp());
                break;
            case Layers.Log:
                body.Run(new Log());
                break;
            case Layers.Sqrt:
                body.Run(new SquareRoot());
                break;
            case Layers.Reciprocal:
                body.Run(new Reciprocal());
                break;
            case Layers.Abs:
                body.Run(new AbsoluteValue());
                break;
            case Layers.Erf:
                body.Run(new ErrorFunction());
                break;
            case Layers.Power { Exponent: 2 }:
                body.Run(new Square());
                break;
            case Layers.Power { Exponent: 3 }:
                body.Run(new Cube());
                break;
            case Layers.Power power:
                body.Run(new Power(power.Exponent));
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {function.Kind}.");
        }
    }
}
