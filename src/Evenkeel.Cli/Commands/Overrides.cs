using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary>The options that change fields of a configuration: one each for the common fields, <c>--set</c> for all.</summary>
internal sealed class Overrides
{
    private readonly Option<long?> _steps = new Option<long?>("--steps")
    {
        Description = "Total number of steps",
    }.Within(1, NumberRange.MaxSteps);
    private readonly Option<int?> _epochs = new Option<int?>("--epochs")
    {
        Description = "Total number of passes over the data",
    }.Within(1, 1_000_000);
    private readonly Option<int?> _batchSize = new Option<int?>("--batch-size")
    {
        Description = "Examples per batch",
    }.Within(1, NumberRange.MaxBatch);
    private readonly Option<long?> _seed = new Option<long?>("--seed")
    {
        Description = "Seed of the weights and of the order of examples",
    }.Within(0, long.MaxValue);
    private readonly Option<double?> _rate = new Option<double?>("--learning-rate")
    {
        Description = "A constant learning rate",
    }.WithinRates();
    private readonly Option<string?> _data = new("--data")
    {
        Description =
            "The data: digits, mnist, fashion or a folder with MNIST's four files; for images shapes, a folder, a .tar or .tar.gz file; for arrays a .npz file",
        HelpName = "source",
    };
    private readonly Option<int?> _threads = new Option<int?>("--threads")
    {
        Description = "Number of threads; results do not depend on it",
    }.Within(1, NumberRange.MaxThreads);
    private readonly Option<string?> _storage = StorageOption.Create();
    private readonly Option<double?> _recompute = RecomputeOption.Create();
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set any field, for example --set network.layers.0.units=50",
        HelpName = "path=value",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (
            Option option in new Option[]
            {
                _steps,
                _epochs,
                _batchSize,
                _seed,
                _rate,
                _data,
                _threads,
                _storage,
                _recompute,
                _set,
            }
        )
            command.Options.Add(option);
    }

    /// <summary>Makes the changes that were asked for.</summary>
    public void Apply(ParseResult parse, ConfigText text)
    {
        if (parse.GetValue(_steps) is not null && parse.GetValue(_epochs) is not null)
            throw new UsageException("--epochs: give --steps or --epochs, not both.");
        Length(text, "steps", "epochs", parse.GetValue(_steps));
        Length(text, "epochs", "steps", parse.GetValue(_epochs));
        Number(text, "batchSize", parse.GetValue(_batchSize));
        Number(text, "seed", parse.GetValue(_seed));
        Number(text, "threads", parse.GetValue(_threads));
        if (parse.GetValue(_rate) is { } rate)
            SetRate(text, rate);
        if (parse.GetValue(_data) is { } source)
            Set(text, "data.source", JsonValue.Create(DataConfig.FromCommandLine(source)));
        if (parse.GetValue(_storage) is { } storage)
            Set(text, "keepActivations", JsonValue.Create(storage));
        if (parse.GetValue(_recompute) is { } share)
            Set(text, "recompute", JsonValue.Create(share));
        foreach (string assignment in parse.GetValue(_set) ?? [])
            Set(text, assignment);
    }

    /// <summary>Makes a change as given by <c>--set path=value</c>; what is not JSON is taken as text.</summary>
    public static void Set(ConfigText text, string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new UsageException(
                $"--set {assignment}: expected path=value, for example --set optimizer.learningRate=0.1."
            );
        JsonText.Check(assignment[(equals + 1)..], $"--set {assignment[..equals]}");
        Set(text, assignment[..equals], ParseValue(assignment[(equals + 1)..]));
    }

    private static void Set(ConfigText text, string path, JsonNode? value)
    {
        try
        {
            text.Set(path, value);
        }
        catch (ConfigurationException e)
        {
            throw new UsageException($"--set {e.Message}", e);
        }
    }

    private static JsonNode? ParseValue(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: ConfigText.Strict);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static void Length(ConfigText text, string field, string other, long? value)
    {
        if (value is null)
            return;
        text.Remove(other);
        Number(text, field, value);
    }

    private static void Number(ConfigText text, string field, long? value)
    {
        if (value is { } number)
            Set(text, field, JsonValue.Create(number));
    }

    private static void SetRate(ConfigText text, double rate)
    {
        text.Remove("learningRate");
        if (text.Has("optimizer"))
            Set(text, "optimizer.learningRate", JsonValue.Create(rate));
        else
            Set(text, "learningRate", JsonValue.Create(rate));
    }
}
