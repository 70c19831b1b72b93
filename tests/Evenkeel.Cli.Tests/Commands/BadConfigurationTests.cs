using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Whatever is wrong with a configuration is one line that names the field and the remedy; nothing is left behind.</summary>
public sealed class BadConfigurationTests
{
    [Theory]
    [InlineData("batchsize=5", "batchsize: unknown field; known here: $schema, accumulate, batchSize, checkpointEvery")]
    [InlineData("network.layers.0.unit=5", "network.layers[0].unit: unknown field; known here:")]
    [InlineData("data.sauce=digits", "data.sauce: unknown field; known here: encoding, source")]
    [InlineData("optimizer.momentun=0.9", "optimizer.momentun: unknown field")]
    [InlineData("batchSize=many", "batchSize: expected a whole number, found the text \"many\"")]
    [InlineData("batchSize=0", "batchSize: 0 is outside 1 and up.")]
    [InlineData("batchSize=2.5", "batchSize: expected a whole number")]
    [InlineData("tensorBoard=1", "tensorBoard: expected true or false, found the number 1")]
    [InlineData("data=digits", "data: expected an object")]
    [InlineData("network.layers=5", "network.layers: expected a list of objects")]
    [InlineData("shuffle=always", "shuffle: 'always' is not one of none, full, shards")]
    [InlineData("data.encoding=grey", "data.encoding: 'grey' is not one of binary, unit, standardized")]
    [InlineData("network.layers.1.type=squash", "network.layers[1].type: 'squash' is not a layer; known: linear")]
    [InlineData("network.name=lenet", "network.name: 'lenet' is not a network; known: mnist")]
    [InlineData("network.batchNorm={\"epsilon\":1}", "network.batchNorm.epsilon: unknown field; known here: eps")]
    [InlineData("network.batchNorm={\"updateRate\":2}", "the update rate must be in (0, 1]")]
    [InlineData("optimizer={\"type\":\"lion\"}", "optimizer.type: 'lion' is not one of sgd")]
    [InlineData(
        "optimizer.learningRate=-1",
        "the learning rate must be 1.4E-45 to 3.4E+38, the range of float32, not -1"
    )]
    [InlineData("learningRate=0.1", "learningRate: 'optimizer' has it too; keep one of them")]
    [InlineData("epochs=2", "epochs: give steps or epochs, not both")]
    [InlineData("optimizer={\"type\":\"adam\",\"beta1\":2}", "optimizer: beta1 must be in [0, 1), not 2")]
    [InlineData("network.layers.1.inputs=x", "small.json: network: Layer 'relu1' reads 'x', which does not come")]
    [InlineData("clipNorm=-1", "the norm to clip to must be above 0")]
    [InlineData("threads=0", "threads: 0 is outside 1 to 1024")]
    [InlineData("batchSize=200", "batchSize", "lastBatch=drop")]
    [InlineData("data.targets=outputs", "data.targets: 'outputs' is not one of labels, inputs")]
    [InlineData("data.targets=inputs", "loss: softmaxCrossEntropy takes class labels, but data.targets is \"inputs\"")]
    [InlineData("loss={\"type\":\"huber\"}", "loss: huber takes float targets, but data.targets is \"labels\"; set it")]
    [InlineData(
        "data.targets=inputs",
        "network: the output 'linear3' is [10], but data.targets is \"inputs\", which are [784]; end the network with 784",
        "loss={\"type\":\"huber\"}"
    )]
    [InlineData(
        "data={\"targets\":\"inputs\",\"encoding\":\"standardized\"}",
        "loss: binaryCrossEntropy takes targets of 0 to 1, but data.targets is \"inputs\", whose scale is another",
        "loss={\"type\":\"binaryCrossEntropy\"}",
        "network.layers.4.units=784"
    )]
    [InlineData("data.validation=130", "data.validation: 130 of 130 training examples cannot be held out")]
    [InlineData("init=missing.safetensors", "missing.safetensors does not exist")]
    [InlineData("network.layers.4.units=3", "has 10 classes, but the network's output")]
    [InlineData("network.layers.9.units=3", "'9' is not an index of a list of 5")]
    [InlineData("batchSize.x=3", "'batchSize' is a value, not an object or a list")]
    [InlineData("batchSize", "expected path=value")]
    public void Is_told_with_the_field_and_the_remedy(string change, string message, params string[] more)
    {
        using var work = new Workspace();
        string[] sets = [change, .. more];
        Outcome outcome = Shell.Run(["train", work.Config, "--out", work.File("run"), "--set", .. sets]).Expect(2);
        Assert.StartsWith("evenkeel: ", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.False(Directory.Exists(work.File("run")));
    }

    [Theory]
    [InlineData("{\n  \"batchSize\": 60,\n  \"steps\" 5\n}", ", line 3, position 11: not valid JSON:")]
    [InlineData("{\"steps\": 5", "not valid JSON:")]
    [InlineData("{\"steps\": 5, \"steps\": 6}", "not valid JSON: Duplicate property 'steps'")]
    [InlineData("[1]", ": expected an object")]
    [InlineData("{}", ": network: the field is missing.")]
    [InlineData(
        "{\"network\": {}}",
        "network.layers: the field is missing; give \"layers\": [...] or a \"name\": mnist, bn-inception, resnet, vgg, resnet18, resnet34, resnet50, resnet101, resnet152."
    )]
    public void A_file_that_is_not_a_configuration_is_told_with_its_place(string json, string message)
    {
        using var work = new Workspace();
        string file = work.Write("bad.json", json);
        Outcome outcome = Shell.Run("train", file, "--out", work.File("run")).Expect(2);
        Assert.StartsWith($"evenkeel: {file}", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_told()
    {
        Outcome outcome = Shell.Run("train", "no-such.json").Expect(2);
        Assert.Equal("evenkeel: no-such.json: the configuration file does not exist.", outcome.ErrorLine);
    }

    [Theory]
    [InlineData("give a configuration to train", "train")]
    [InlineData("leave out the configuration file", "train", "a.json", "--resume", "run")]
    [InlineData("leave out --out", "train", "--resume", "run", "--out", "other")]
    [InlineData("this is not the folder of a run", "train", "--resume", "nowhere")]
    [InlineData("give --steps or --epochs", "train", "small.json", "--steps", "5", "--epochs", "1")]
    [InlineData("is not a known verb or option; did you mean '--steps'? See", "train", "small.json", "--stpes", "5")]
    [InlineData(
        "--steps: it must be a whole number, 1 to 1000000000000, not 'abc'. See",
        "train",
        "a.json",
        "--steps",
        "abc"
    )]
    [InlineData(
        "--learning-rate: it must be a number, above 0 and at most 3.4e38, not 'x'. See",
        "train",
        "a.json",
        "--learning-rate",
        "x"
    )]
    [InlineData("Required argument missing for option: '--steps'. See", "train", "a.json", "--steps")]
    [InlineData("'--prot' is not a known verb or option; did you mean '--port'?", "watch", "--prot")]
    [InlineData("'--prot' is not a known verb or option; did you mean '--port'?", "watch", "run", "--prot", "1")]
    [InlineData("'trian' is not a known verb or option; did you mean 'train'? See", "trian")]
    [InlineData("'evaluate' is not a known verb or option; did you mean 'eval'? See", "evaluate")]
    [InlineData(
        "'--output' is not a known verb or option; did you mean '--out'? See",
        "export",
        "m",
        "--output",
        "m.onnx"
    )]
    [InlineData("'dance' is not a known verb or option. See", "dance")]
    [InlineData("Required command was not provided. See 'evenkeel --help'.")]
    public void Wrong_arguments_are_told(string message, params string[] args)
    {
        using var work = new Workspace();
        Outcome outcome = Shell.Run([.. args.Select(a => a == "small.json" ? work.Config : a)]).Expect(2);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_files_is_not_written_to()
    {
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("taken"));
        work.Write("taken/notes.txt", "mine");
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("taken")).Expect(2);
        Assert.Contains("the folder is not empty; give another folder", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Equal([work.File("taken", "notes.txt")], Directory.GetFileSystemEntries(work.File("taken")));
        // Only a run can go on.
        outcome = Shell.Run("train", work.Config, "--out", work.Train("run")).Expect(2);
        Assert.Contains(
            "the folder is not empty; resume it with --resume",
            outcome.ErrorLine,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told()
    {
        using var work = new Workspace();
        work.Write("file", "");
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("file", "run")).Expect(2);
        Assert.Contains($"'{work.File("file")}' is a file", outcome.ErrorLine, StringComparison.Ordinal);
    }
}
