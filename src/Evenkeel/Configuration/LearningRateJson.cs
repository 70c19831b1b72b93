using System.Text.Json;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Configuration;

/// <summary>
/// A learning rate as JSON: a number, or an object such as <c>{"type": "exponential", "rate": 0.1, "factor": 0.96, "everySteps":
/// 1000, "timesFaster": 6}</c>; types <c>constant</c>, <c>exponential</c>, <c>step</c>, <c>linear</c>, <c>cosine</c>, <c>warmup</c>.
/// </summary>
internal static class LearningRateJson
{
    /// <summary>Reads the field <paramref name="name"/> of an object.</summary>
    public static LearningRate Read(JsonFields owner, string name)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner.Element(name).ValueKind == JsonValueKind.Number)
            return owner.Checked<LearningRate>(new ConstantRate(owner.Number(name, null)), r => r.Validate());
        JsonFields f = owner.Object(name);
        string type = f.Text("type");
        LearningRate schedule = type switch
        {
            "constant" => new ConstantRate(f.Number("rate", null)),
            "exponential" => new ExponentialDecay(
                f.Number("rate", null),
                f.Number("factor", null),
                f.Integer("everySteps", null, 1),
                f.Number("timesFaster", 1)
            ),
            "step" => new StepDecay(f.Number("rate", null), f.Number("factor", 0.1), f.Integers("milestones")),
            "linear" => new LinearDecay(
                f.Number("rate", null),
                f.Integer("totalSteps", null, 1),
                f.Number("finalRate", 0)
            ),
            "cosine" => new CosineDecay(
                f.Number("rate", null),
                f.Integer("totalSteps", null, 1),
                f.Number("finalRate", 0)
            ),
            "warmup" => new WarmUp(f.Integer("steps", null, 1), Read(f, "then")),
            _ => throw new ConfigurationException(
                $"{f.PathOf("type")}: '{type}' is not one of constant, exponential, step, linear, cosine, warmup."
            ),
        };
        f.RequireNoOthers();
        return f.Checked(schedule, s => s.Validate());
    }

    /// <summary>Writes the schedule as an object.</summary>
    public static void Write(Utf8JsonWriter writer, LearningRate schedule)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(schedule);
        writer.WriteStartObject();
        writer.WriteString("type", schedule.Kind);
        switch (schedule)
        {
            case ConstantRate constant:
                writer.WriteNumber("rate", constant.Rate);
                break;
            case ExponentialDecay decay:
                writer.WriteNumber("rate", decay.Rate);
                writer.WriteNumber("factor", decay.Factor);
                writer.WriteNumber("everySteps", decay.EverySteps);
                writer.WriteNumber("timesFaster", decay.TimesFaster);
                break;
            case StepDecay step:
                writer.WriteNumber("rate", step.Rate);
                writer.WriteNumber("factor", step.Factor);
                writer.WriteStartArray("milestones");
                foreach (long milestone in step.Milestones)
                    writer.WriteNumberValue(milestone);
                writer.WriteEndArray();
                break;
            case TimedDecay decay:
                writer.WriteNumber("rate", decay.Rate);
                writer.WriteNumber("totalSteps", decay.TotalSteps);
                writer.WriteNumber("finalRate", decay.FinalRate);
                break;
            case WarmUp warmUp:
                writer.WriteNumber("steps", warmUp.Steps);
                writer.WritePropertyName("then");
                Write(writer, warmUp.Then);
                break;
        }

        writer.WriteEndObject();
    }
}
