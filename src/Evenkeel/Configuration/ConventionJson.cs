using System.Text.Json;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Configuration;

/// <summary>A batch-normalisation convention as JSON fields.</summary>
internal static class ConventionJson
{
    private static readonly Dictionary<string, RunningVariance> Variances = new()
    {
        ["unbiased"] = RunningVariance.Unbiased,
        ["biased"] = RunningVariance.Biased,
    };

    private static readonly Dictionary<string, SingleValuePolicy> Policies = new()
    {
        ["error"] = SingleValuePolicy.Error,
        ["useRunningStatistics"] = SingleValuePolicy.UseRunningStatistics,
        ["skipUpdate"] = SingleValuePolicy.SkipUpdate,
    };

    private static readonly Dictionary<string, StatisticsSource> Sources = new()
    {
        ["batch"] = StatisticsSource.Batch,
        ["running"] = StatisticsSource.Running,
    };

    /// <summary>Reads which statistics normalise.</summary>
    public static StatisticsSource ReadSource(JsonFields fields, string name, StatisticsSource usual) =>
        fields.Choice(name, Sources, usual);

    /// <summary>Writes which statistics normalise.</summary>
    public static void WriteSource(Utf8JsonWriter writer, string name, StatisticsSource source) =>
        writer.WriteString(name, Sources.First(s => s.Value == source).Key);

    /// <summary>Reads <c>eps</c>, <c>updateRate</c> (a number, or "count"), <c>runningVariance</c>, <c>singleValue</c>, <c>renorm</c>.</summary>
    public static BatchNormConvention Read(JsonFields fields)
    {
        BatchNormConvention convention = ReadStatistics(fields) with
        {
            Renormalization = fields.Has("renorm") ? ReadRenormalization(fields.Object("renorm")) : null,
        };
        return fields.Checked(convention, c => c.Validate());
    }

    /// <summary>Reads the same fields without <c>renorm</c>.</summary>
    public static BatchNormConvention ReadStatistics(JsonFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        BatchNormConvention d = BatchNormConvention.Default;
        bool byCount = fields.IsWord("updateRate", "count");
        if (!byCount && fields.Has("updateRate") && fields.Element("updateRate").ValueKind == JsonValueKind.String)
            throw new ConfigurationException($"{fields.PathOf("updateRate")}: expected a number or \"count\".");
        var convention = new BatchNormConvention
        {
            Epsilon = (float)fields.Number("eps", d.Epsilon),
            UpdateRate = byCount ? null : fields.Number("updateRate", d.UpdateRate),
            RunningVariance = fields.Choice("runningVariance", Variances, d.RunningVariance),
            SingleValue = fields.Choice("singleValue", Policies, d.SingleValue),
        };
        return fields.Checked(convention, c => c.Validate());
    }

    /// <summary>Writes the same fields into the object being written.</summary>
    public static void Write(Utf8JsonWriter writer, BatchNormConvention convention)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(convention);
        writer.WriteNumber("eps", convention.Epsilon);
        if (convention.UpdateRate is { } rate)
            writer.WriteNumber("updateRate", rate);
        else
            writer.WriteString("updateRate", "count");
        writer.WriteString("runningVariance", Variances.First(v => v.Value == convention.RunningVariance).Key);
        writer.WriteString("singleValue", Policies.First(p => p.Value == convention.SingleValue).Key);
        if (convention.Renormalization is { } renorm)
            WriteRenormalization(writer, renorm);
    }

    private static BatchRenormalization ReadRenormalization(JsonFields fields)
    {
        var d = new BatchRenormalization();
        long first = fields.Integer("from", d.FirstStep, 0);
        var renorm = new BatchRenormalization
        {
            MaxRatio = fields.Number("rMax", d.MaxRatio),
            MaxOffset = fields.Number("dMax", d.MaxOffset),
            FirstStep = first,
            RatioStep = fields.Integer("rMaxAt", Math.Max(first, d.RatioStep), 0),
            OffsetStep = fields.Integer("dMaxAt", Math.Max(first, d.OffsetStep), 0),
        };
        fields.RequireNoOthers();
        return fields.Checked(renorm, r => r.Validate());
    }

    private static void WriteRenormalization(Utf8JsonWriter writer, BatchRenormalization renorm)
    {
        writer.WriteStartObject("renorm");
        writer.WriteNumber("rMax", renorm.MaxRatio);
        writer.WriteNumber("dMax", renorm.MaxOffset);
        writer.WriteNumber("from", renorm.FirstStep);
        writer.WriteNumber("rMaxAt", renorm.RatioStep);
        writer.WriteNumber("dMaxAt", renorm.OffsetStep);
        writer.WriteEndObject();
    }
}
