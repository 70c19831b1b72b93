using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>diagnose and recalibrate on models and data that come from users' reports; tests/cases/README.md says what is right.</summary>
public sealed class DoctorCaseTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Averaged_weights_are_told_to_recalibrate_and_it_lifts_them()
    {
        JsonElement json = Diagnose(1, "averaged.safetensors");
        Assert.Equal("Stale", json.GetProperty("cause").GetString());
        Assert.StartsWith("recalibrate", json.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        JsonElement trial = Assert.Single(json.GetProperty("trials").EnumerateArray());
        Assert.Equal("Better", trial.GetProperty("outcome").GetString());
        Assert.Equal(1000, trial.GetProperty("examples").GetInt32());
        Assert.True(trial.GetProperty("accuracyAfter").GetDouble() > trial.GetProperty("accuracyBefore").GetDouble());
        JsonElement done = Recalibrate(0, "averaged.safetensors");
        Assert.Equal(0.896, done.GetProperty("accuracyBefore").GetDouble(), 0.0005);
        Assert.InRange(done.GetProperty("accuracyAfter").GetDouble(), 0.91, 0.92);
    }

    [Fact]
    public void Statistics_that_it_was_trained_with_are_left_alone()
    {
        JsonElement json = Diagnose(0, "frozen_from_start.safetensors");
        Assert.Contains(
            "the model was trained with the stored statistics",
            json.GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
        Assert.StartsWith("keep the statistics", json.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal(0.839, json.GetProperty("accuracyStored").GetDouble(), 0.0005);
        Assert.InRange(json.GetProperty("accuracyBatch").GetDouble(), 0.5, 0.65);

        string output = _work.File("new.safetensors");
        Outcome refused = Shell.Run("recalibrate", Case("frozen_from_start.safetensors"), "--out", output).Expect(1);
        Assert.Contains("is worse with the new statistics on 'digits test", refused.Error, StringComparison.Ordinal);
        Assert.Contains("accuracy 83.90% to 5", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
        Shell.Run("recalibrate", Case("frozen_from_start.safetensors"), "--out", output, "--force").Expect(0);
        Assert.True(File.Exists(output));
    }

    [Fact]
    public void Caffes_factor_is_named_and_divided_out_exactly()
    {
        JsonElement json = Diagnose(1, "caffe_factor.safetensors");
        Assert.Equal("ScaleFactor", json.GetProperty("cause").GetString());
        Assert.Contains("Caffe", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("divide=1000", json.GetProperty("conversion").GetString());
        string output = _work.File("divided.safetensors");
        JsonElement done = Shell
            .Run(
                "recalibrate",
                Case("caffe_factor.safetensors"),
                "--convert",
                "divide=999.98",
                "--out",
                output,
                "--json"
            )
            .Expect(0)
            .Json;
        Assert.InRange(done.GetProperty("accuracyAfter").GetDouble(), 0.89, 0.92);
        using Model before = ModelFile.Load(Case("caffe_factor.safetensors"));
        using Model after = ModelFile.Load(output);
        foreach (
            string tensor in (string[])["bn1.running_mean", "bn1.running_var", "bn2.running_mean", "bn2.running_var"]
        )
        {
            float[] expected = Array.ConvertAll(before.Floats(tensor).ToArray(), v => (float)(v / 999.98));
            Assert.Equal(expected, after.Floats(tensor).ToArray());
        }

        Assert.Equal(before.ParameterChecksum(), after.ParameterChecksum());
        Shell.Run("diagnose", output).Expect(0);
    }

    [Fact]
    public void A_weight_that_is_no_number_is_named()
    {
        string model = Case("nanw.safetensors");
        JsonElement json = Shell.Run("diagnose", model, "--data", Case("dig64.npy"), "--json").Expect(1).Json;
        Assert.Equal("NotFiniteWeights", json.GetProperty("cause").GetString());
        Assert.Contains(".weight' holds NaN", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        string output = _work.File("x.safetensors");
        string line = Shell.Run("recalibrate", model, "--data", Case("dig64.npy"), "--out", output).Expect(1).Error;
        Assert.Contains(".weight' holds NaN", line, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", line, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Theory]
    [InlineData("const.npy", "all 64 examples are the same")]
    [InlineData("dig1.npy", "one example cannot distinguish")]
    public void Data_that_cannot_tell_is_said_with_what_is_needed(string data, string text)
    {
        JsonElement json = Shell
            .Run("diagnose", Case("digits_trained.safetensors"), "--data", Case(data), "--json")
            .Expect(1)
            .Json;
        Assert.Equal("CannotTell", json.GetProperty("cause").GetString());
        Assert.StartsWith(text, json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("45 examples or more", json.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_examples_cannot_tell_and_one_gives_no_variance()
    {
        string model = _work.File("pairs.safetensors");
        using (Model pairs = Model.Create(Network.Input(2).Linear(4).BatchNorm().Linear(3).Build(), 1))
            ModelFile.Save(pairs, model);
        Outcome outcome = Shell.Run("diagnose", model, "--data", Case("pair.npy")).Expect(1);
        Assert.Contains("cause: CannotTell: 5 examples cannot distinguish", outcome.Out, StringComparison.Ordinal);
        string one = Shell
            .Run("recalibrate", Case("digits_trained.safetensors"), "--data", Case("dig1.npy"), "--out", model)
            .Expect(1)
            .Error;
        Assert.Contains("'bn1' gets one value per channel from 1 example", one, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_kind_is_seen_by_the_accuracy_of_the_training()
    {
        string? root = Environment.GetEnvironmentVariable("EVENKEEL_DATA");
        if (root is null || !Directory.Exists(Path.Combine(root, "mnist")))
            Assert.Skip("EVENKEEL_DATA does not name a folder with mnist/ in it.");
        string mnist = Path.Combine(root, "mnist");
        JsonElement json = Diagnose(1, "digits_trained.safetensors", "--data", mnist);
        Assert.Equal("DomainShift", json.GetProperty("cause").GetString());
        Assert.Contains("was 86.10% in training", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "recalibration will not help",
            json.GetProperty("remedy").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Statistics_per_activation_are_diagnosed_and_measured()
    {
        string images = _work.File("images.npy"),
            output = _work.File("pa.safetensors");
        var random = new Random(5);
        using (FileStream file = File.Create(images))
            NpyFile.Write(
                file,
                [90, 16, 16, 3],
                [.. Enumerable.Range(0, 90 * 768).Select(_ => (float)random.NextDouble())]
            );
        Shell.Run("diagnose", Case("per_activation.safetensors"), "--data", images).Expect(1);
        Outcome part = Shell
            .Run(
                "recalibrate",
                Case("per_activation.safetensors"),
                "--data",
                images,
                "--out",
                output,
                "--batch-size",
                "30",
                "--batches",
                "2"
            )
            .Expect(0);
        Assert.Contains("(60 examples used)", part.Out, StringComparison.Ordinal);
        Shell.Run("recalibrate", Case("per_activation.safetensors"), "--data", images, "--out", output).Expect(0);
        Assert.Contains(
            "cause: None",
            Shell.Run("diagnose", output, "--data", images).Expect(0).Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("divide=0", "--convert: 'divide=0' is not one of divide=FACTOR")]
    [InlineData("squares", "--convert: 'squares' is not one of divide=FACTOR")]
    [InlineData("deviations", "--convert measures nothing; leave out --batches.", "--batches", "2")]
    public void Wrong_conversions_are_told(string how, string message, params string[] more)
    {
        string output = _work.File("x.safetensors");
        Outcome outcome = Shell
            .Run(["recalibrate", Case("averaged.safetensors"), "--convert", how, "--out", output, .. more])
            .Expect(2);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Without_batch_normalisation_there_is_one_clear_line()
    {
        string model = _work.File("plain.safetensors");
        using (Model plain = Model.Create(Network.Input(784).Linear(10).Build(), 1))
            ModelFile.Save(plain, model);
        string[] data = ["--data", Case("dig64.npy")];
        Assert.Contains(
            "no batch normalisation",
            Shell.Run(["diagnose", model, .. data]).Expect(0).Out,
            StringComparison.Ordinal
        );
        string line = Shell
            .Run(["recalibrate", model, .. data, "--out", _work.File("new.safetensors")])
            .Expect(2)
            .ErrorLine;
        Assert.Contains("nothing to recalibrate", line, StringComparison.Ordinal);
    }

    private static string Case(string name) => Path.Combine(Repository.Root, "tests", "cases", name);

    private static JsonElement Diagnose(int code, string name, params string[] options) =>
        Shell.Run(["diagnose", Case(name), .. options, "--json"]).Expect(code).Json;

    private JsonElement Recalibrate(int code, string name) =>
        Shell.Run("recalibrate", Case(name), "--out", _work.File("new.safetensors"), "--json").Expect(code).Json;
}
