using System.Text.Json;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Normalisations that decorrelate as JSON.</summary>
internal static class WhiteningJson
{
    public static WhiteningNorm ReadDecorrelated(JsonFields f) =>
        Common(f, new DecorrelatedBatchNorm(GroupSize(f), ConventionJson.ReadStatistics(f)));

    public static WhiteningNorm ReadIterative(JsonFields f) =>
        Common(
            f,
            new IterNorm(
                (int)f.Integer("iterations", IterNorm.DefaultIterations, 1, IterNorm.MostIterations),
                GroupSize(f),
                ConventionJson.ReadStatistics(f)
            )
        );

    public static void Write(Utf8JsonWriter writer, WhiteningNorm norm)
    {
        if (norm is IterNorm iterative)
            writer.WriteNumber("iterations", iterative.Iterations);
        writer.WriteNumber("groupSize", norm.GroupSize);
        ConventionJson.Write(writer, norm.Convention);
        writer.WriteBoolean("trainAffine", norm.TrainAffine);
        if (norm.SyncGroupSize > 0)
            writer.WriteNumber("syncGroupSize", norm.SyncGroupSize);
        writer.WriteBoolean("updateStatistics", norm.UpdateStatistics);
        ConventionJson.WriteSource(writer, "normalizeWith", norm.NormalizeWith);
    }

    private static int GroupSize(JsonFields f) =>
        (int)f.Integer("groupSize", WhiteningNorm.DefaultGroupSize, 0, int.MaxValue);

    private static WhiteningNorm Common(JsonFields f, WhiteningNorm norm) =>
        norm with
        {
            TrainAffine = f.Flag("trainAffine", true),
            SyncGroupSize = (int)f.Integer("syncGroupSize", 0, 0, int.MaxValue),
            UpdateStatistics = f.Flag("updateStatistics", true),
            NormalizeWith = ConventionJson.ReadSource(f, "normalizeWith", StatisticsSource.Batch),
        };
}
