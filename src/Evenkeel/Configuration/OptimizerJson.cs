using System.Text.Json;
using Evenkeel.Optimizers;

namespace Evenkeel.Configuration;

/// <summary>
/// An optimiser as a JSON object: <c>{"type": "momentum", "momentum": 0.9, "weightDecay": 0.0001}</c>; types <c>sgd</c>,
/// <c>momentum</c>, <c>nesterov</c>, <c>adagrad</c>, <c>adam</c>.
/// </summary>
internal static class OptimizerJson
{
    /// <summary>Reads the optimiser's own fields; the caller refuses others.</summary>
    public static OptimizerConfig Read(JsonFields f)
    {
        ArgumentNullException.ThrowIfNull(f);
        string type = f.Text("type");
        OptimizerConfig config = type switch
        {
            "sgd" => ReadSgd(f),
            "momentum" => new SgdMomentum((float)f.Number("momentum", 0.9)),
            "nesterov" => new SgdNesterov((float)f.Number("momentum", 0.9)),
            "adagrad" => new Adagrad((float)f.Number("eps", 1e-10)),
            "adam" => new Adam(
                (float)f.Number("beta1", 0.9),
                (float)f.Number("beta2", 0.999),
                (float)f.Number("eps", 1e-8)
            ),
            _ => throw new ConfigurationException(
                $"{f.PathOf("type")}: '{type}' is not one of sgd, momentum, nesterov, adagrad, adam."
            ),
        };
        config = config with
        {
            WeightDecay = (float)f.Number("weightDecay", 0),
            OffsetDecay = (float)f.Number("offsetDecay", 0),
        };
        return f.Checked(config, c => c.Validate());
    }

    /// <summary>Writes the optimiser's fields into the object being written.</summary>
    /// <exception cref="ArgumentException">It is a rule of the caller's own, which is code.</exception>
    public static void Write(Utf8JsonWriter writer, OptimizerConfig config)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(config);
        if (config is CustomOptimizer own)
            throw new ArgumentException(
                $"The optimiser '{own.Name}' is code, which a configuration cannot contain; train with it in a program."
            );
        writer.WriteString("type", config.Kind);
        switch (config)
        {
            case SgdMomentum momentum:
                writer.WriteNumber("momentum", momentum.Momentum);
                break;
            case SgdNesterov nesterov:
                writer.WriteNumber("momentum", nesterov.Momentum);
                break;
            case Adagrad adagrad:
                writer.WriteNumber("eps", adagrad.Epsilon);
                break;
            case Adam adam:
                writer.WriteNumber("beta1", adam.Beta1);
                writer.WriteNumber("beta2", adam.Beta2);
                writer.WriteNumber("eps", adam.Epsilon);
                break;
        }

        writer.WriteNumber("weightDecay", config.WeightDecay);
        writer.WriteNumber("offsetDecay", config.OffsetDecay);
    }

    // "sgd" with a momentum is what most people write; it means the rule with momentum.
    private static OptimizerConfig ReadSgd(JsonFields f)
    {
        float momentum = (float)f.Number("momentum", 0);
        bool nesterov = f.Flag("nesterov", false);
        return (momentum, nesterov) switch
        {
            (0, _) => new Sgd(),
            (_, true) => new SgdNesterov(momentum),
            _ => new SgdMomentum(momentum),
        };
    }
}
