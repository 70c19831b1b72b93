using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Onnx;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel export</c>: a model as ONNX, or an ONNX model as Evenkeel's own file.</summary>
internal static class ExportCommand
{
    private static readonly ModelArgument Model = new();

    private static readonly ModelOutput Out = new("The file to write");

    private static readonly Option<string> BatchNorm = new("--bn")
    {
        Description = "Batch normalisation in the ONNX file: keep, fold (into the layers before it) or train",
        DefaultValueFactory = _ => "keep",
    };

    private static readonly Option<int> Opset = new Option<int>("--opset")
    {
        Description = "ONNX opset, 13 to 21",
        DefaultValueFactory = _ => 15,
    }.Within(OnnxExportOptions.OldestOpset, OnnxExportOptions.NewestOpset);

    public static Command Create()
    {
        Command command = new(
            "export",
            "Write a model as ONNX, or an ONNX model as .safetensors, and check the written file"
        )
        {
            BatchNorm,
            Opset,
        };
        Model.AddTo(command);
        Out.AddTo(command);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        string output = Out.Path(parse, Model.File(parse));
        using LoadedModel loaded = Model.Load(parse, ModelReading.ToUse, context);
        if (ModelFormats.Named(output) != ModelFormat.Onnx)
        {
            loaded.SaveChanged(loaded.Model, output);
            context.WriteLine($"written: {output}");
            context.WriteJson(writer => writer.WriteString("output", output));
            return ExitCode.Done;
        }

        OnnxExportOptions options = loaded.ExportOptions() with
        {
            BatchNorm = Mode(parse.GetValue(BatchNorm)!),
            Opset = parse.GetValue(Opset),
        };
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder)
            Directory.CreateDirectory(folder);
        OnnxExportResult result = OnnxExport.Save(loaded.Model, output, options);
        foreach (string note in result.Notes)
            context.Note(note);
        context.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"written: {output}, opset {options.Opset}, input {NameList.Of(result.InputNames)}, output {NameList.Of(result.OutputNames)}; read back, outputs differ by {result.LargestDifference:G3} at most"
            )
        );
        context.WriteJson(writer =>
        {
            writer.WriteString("output", output);
            writer.WriteNumber("opset", options.Opset);
            writer.WriteString("batchNorm", options.BatchNorm.ToString());
            writer.WriteFinite("largestDifference", result.LargestDifference);
        });
        return ExitCode.Done;
    }

    private static BatchNormExport Mode(string name) =>
        name switch
        {
            "keep" => BatchNormExport.Keep,
            "fold" => BatchNormExport.Fold,
            "train" => BatchNormExport.Train,
            _ => throw new UsageException($"--bn: '{name}' is not one of keep, fold, train."),
        };
}
