using System.CommandLine;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel schema</c>: the JSON schema of a training configuration, for editors.</summary>
internal static class SchemaCommand
{
    private const string Resource = "configuration.schema.json";

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "The file to write; default: standard output",
    };

    public static Command Create() =>
        new Command("schema", "Write the JSON schema of training configurations, for completion and checks in editors")
        {
            Out,
        }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        using var reader = new StreamReader(typeof(SchemaCommand).Assembly.GetManifestResourceStream(Resource)!);
        string schema = reader.ReadToEnd();
        if (parse.GetValue(Out) is not { } file)
        {
            context.Out.Inner.Write(schema);
            return ExitCode.Done;
        }

        OutputPlace.RequireFile("--out", file);
        AtomicFile.WriteText(file, schema);
        context.WriteLine($"written: {file}");
        context.WriteJson(writer => writer.WriteString("schema", file));
        return ExitCode.Done;
    }
}
