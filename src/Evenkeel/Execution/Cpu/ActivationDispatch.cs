using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Execution.Cpu;

/// <summary>Something to be done for one type of activation, known when it is compiled.</summary>
internal interface IActivationBody
{
    void Run<TAct>(TAct activation)
        where TAct : struct, IActivation;
}

/// <summary>From a layer's record to the kernel's struct: the one place that knows both.</summary>
internal static class ActivationDispatch
{
    public static void Run<TBody>(Layers.Activation? activation, TBody body)
        where TBody : struct, IActivationBody, allows ref struct
    {
        switch (activation)
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
                body.Run(new Clip(clip.Least, clip.Most));
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
                throw new NotSupportedException($"The CPU backend has no kernel for the activation {activation.Kind}.");
        }
    }
}
