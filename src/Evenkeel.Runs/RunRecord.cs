using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Configuration;
using Evenkeel.Layers;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Scoring;
using Evenkeel.Serialization;

namespace Evenkeel.Runs;

/// <summary>A run's <c>run.json</c>: what was run, with which settings, on what, and what came out.</summary>
internal sealed class RunRecord(string path, JsonObject fields)
{
    private const string Decoder = "jpegDecoder";

    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Versions, machine, seed, time.</summary>
    public string Provenance =>
        $"evenkeel {Text("evenkeel")}, {fields["machine"]?["dotnet"]}, {fields["machine"]?["os"]}, {fields["machine"]?["cpu"]}, "
        + $"seed {fields["seed"]}, began {Text("started")}";

    /// <summary>Learned values of the network.</summary>
    public long Parameters => fields["parameters"]?.GetValue<long>() ?? 0;

    /// <summary>Steps of the whole run; null in records that do not say.</summary>
    public long? TotalSteps => fields["totalSteps"]?.GetValue<long>();

    /// <summary>The configuration, every default written out.</summary>
    public string Configuration => fields["config"]?.ToJsonString(Style) ?? "";

    /// <summary>The data that the score is followed on: "validation" where training examples are held out, else "test".</summary>
    public string Followed => fields["config"]?["data"]?["validation"]?.GetValue<int>() > 0 ? "validation" : "test";

    /// <summary>
    /// Seconds spent in training steps, those before a stop included. Here and not in the checkpoints, which are the same bytes whatever the
    /// machine and the number of ranks.
    /// </summary>
    public double Seconds { get; set; } = fields["seconds"]?.GetValue<double>() ?? 0;

    /// <summary>What decoded JPEG files last; null where there were none, or it was not noted.</summary>
    public string? JpegDecoder =>
        (((fields["resumed"] as JsonArray)?.LastOrDefault() as JsonObject)?[Decoder] ?? fields[Decoder])?.ToString();

    /// <summary>What came out; null while the run is not done.</summary>
    public RunResult? Result => fields["result"] is JsonObject result ? RunResult.FromJson(result, Scored) : null;

    /// <summary>What the run is scored by.</summary>
    public ScoreKind Scored => ScoreKind.For(fields["config"]?["loss"]?["type"]?.ToString());

    /// <summary>The record of a run that begins.</summary>
    public static RunRecord Begin(RunFiles files, TrainingSetup setup, string command)
    {
        var fields = new JsonObject
        {
            ["evenkeel"] = Version,
            ["command"] = command,
            ["started"] = Now(),
            ["machine"] = MachineInfo.ToJson(),
            ["seed"] = setup.Config.Training.Seed,
            ["convention"] = Convention(setup.Config),
            ["parameters"] = setup.Model.ParameterCount,
            ["totalSteps"] = setup.TotalSteps,
            ["config"] = RunConfigWriter.Write(setup.Config),
        };
        NoteDecoder(fields, setup);
        return new RunRecord(files.Record, fields);
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="InvalidDataException">It is not a run's record.</exception>
    public static RunRecord Load(string path)
    {
        try
        {
            string json = File.ReadAllText(path);
            JsonText.Check(json, path);
            return JsonNode.Parse(json) is JsonObject fields && fields["config"] is JsonObject
                ? new RunRecord(path, fields)
                : throw new InvalidDataException($"{path}: this is not the record of a run ('config' is missing).");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not valid JSON; the file is damaged: {e.Message}", e);
        }
    }

    /// <summary>The configuration to be changed and read.</summary>
    public ConfigText ConfigText() =>
        Runs.Configuration.ConfigText.Parse(
            fields["config"]!.ToJsonString(),
            path,
            Path.GetDirectoryName(Path.GetFullPath(path))!
        );

    /// <summary>Notes that the run goes on, with which settings.</summary>
    public void Resume(TrainingSetup setup, string command)
    {
        fields["config"] = RunConfigWriter.Write(setup.Config);
        fields["totalSteps"] = setup.TotalSteps;
        fields.Remove("result");
        if (fields["resumed"] is not JsonArray list)
            fields["resumed"] = list = [];
        var entry = new JsonObject
        {
            ["step"] = setup.Trainer.StepsDone,
            ["command"] = command,
            ["started"] = Now(),
        };
        NoteDecoder(entry, setup);
        list.Add((JsonNode)entry);
    }

    /// <summary>Notes what came out.</summary>
    public void Complete(RunResult result) => fields["result"] = result.ToJson();

    /// <summary>Writes the file as a whole.</summary>
    public void Save()
    {
        fields["seconds"] = Seconds;
        AtomicFile.WriteText(path, fields.ToJsonString(Style) + "\n");
    }

    /// <summary>The version of this library, which is that of all that come with it.</summary>
    public static string Version =>
        typeof(RunRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    private static void NoteDecoder(JsonObject fields, TrainingSetup setup)
    {
        if (setup.Data.JpegDecoder is { } decoder)
            fields[Decoder] = decoder;
    }

    private static string? Convention(RunConfig config) =>
        config.Network.Nodes.Select(n => n.Layer).OfType<BatchNorm>().FirstOrDefault()?.Convention.ToString();

    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private string Text(string name) => fields[name]?.ToString() ?? "";
}
