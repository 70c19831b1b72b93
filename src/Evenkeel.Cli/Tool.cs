using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Evenkeel.Cli.Commands;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli;

/// <summary>The tool as a function of its arguments and streams.</summary>
internal static class Tool
{
    // A word that begins with @ is the file or name that it says: reading arguments from it would wait for a pipe and swallow a device.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error) =>
        RunClean(args, CleanWriter.Over(output), CleanWriter.Over(error));

    private static int RunClean(string[] args, CleanWriter output, CleanWriter error)
    {
        if (Completions.For(args, Root) is { } words)
        {
            foreach (string word in words)
                output.WriteLine(word);
            return ExitCode.Done;
        }

        ParseResult parse = Parse(args);
        if (parse.Errors.Count > 0)
        {
            string path = string.Join(' ', Path(parse.CommandResult));
            error.WriteLine($"evenkeel: {Describe(parse)} See '{path} --help'.");
            return ExitCode.Usage;
        }

        if (EmptyWord(parse.CommandResult) is { } place)
        {
            error.WriteLine($"evenkeel: {place}: it is empty; give a value.");
            return ExitCode.Usage;
        }

        if (Misspelt(parse) is { } option)
        {
            error.WriteLine($"evenkeel: {Unknown(option, parse.CommandResult.Command)}");
            return ExitCode.Usage;
        }

        try
        {
            return parse.Invoke(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    ProcessTerminationTimeout = null,
                    EnableDefaultExceptionHandler = false,
                }
            );
        }
        catch (OutputException e)
        {
            // Help and the version are written by no verb.
            return KnownErrors.Report(e, error);
        }
    }

    /// <summary>Understands a command line without running it.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args) => Root.Parse(args, Parsing);

    /// <summary>All verbs. Made once, as their options are: an option keeps every command that it was ever added to.</summary>
    internal static Command Root { get; } = CreateRoot();

    private static Command CreateRoot()
    {
        // Not a RootCommand: that one is named after the file that runs, which is another one in a development build.
        var root = new Command("evenkeel", "Train, inspect, repair and export batch-normalised networks.");
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        foreach (Command command in Commands())
            root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> Commands() =>
        [
            TrainCommand.Create(),
            EvalCommand.Create(),
            InspectCommand.Create(),
            DiagnoseCommand.Create(),
            RecalibrateCommand.Create(),
            FoldCommand.Create(),
            RunCommand.Create(),
            ExportCommand.Create(),
            ReportCommand.Create(),
            WatchCommand.Create(),
            PlanCommand.Create(),
            Reproduce(),
            BenchCommand.Create(),
            SelfCheckCommand.Create(),
            SchemaCommand.Create(),
        ];

    private static Command Reproduce() =>
        new("reproduce", "Run an experiment and draw its figure")
        {
            ReproduceMnistCommand.Create(),
            ReproduceRnnCommand.Create(),
            ReproduceInceptionCommand.Create(),
            ReproduceRepairCommand.Create(),
            ReproduceDoctorCommand.Create(),
            ReproduceGradientsCommand.Create(),
            ReproduceClaimsCommand.Create(),
        };

    // A misspelt verb is reported after the fact that there is no verb, but says more.
    private static string Describe(ParseResult parse) =>
        parse.UnmatchedTokens is [var word, ..]
            ? Unknown(word, parse.CommandResult.Command)
            : WithoutTypes(ErrorWords.OneLine(parse.Errors[0].Message).TrimEnd('.')) + ".";

    private static string Unknown(string word, Command command) =>
        $"'{word}' is not a known verb or option{Meant(word, command)}";

    // Where a verb takes any number of files, the parser takes an unknown option for one of them; a file of such a name comes behind '--'.
    private static string? Misspelt(ParseResult parse)
    {
        HashSet<Token> files = [.. parse.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash)];
        return parse
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal) && !files.Contains(t))
            ?.Value;
    }

    private static string Meant(string word, Command command) =>
        NearestWord.To(word, command.Subcommands.Concat<Symbol>(command.Options).Select(symbol => symbol.Name))
            is { } near
            ? $"; did you mean '{near}'?"
            : ".";

    // Such as what a script makes of a variable that is not set: no path, name or number is empty.
    private static string? EmptyWord(CommandResult command) =>
        command.Children.FirstOrDefault(part => part.Tokens.Any(t => t.Value.Length == 0)) switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => null,
        };

    // The parser names types of the program; people want to know what to write. Numbers are told by their ranges (NumberRange).
    private static string WithoutTypes(string message)
    {
        int type = message.IndexOf(" as expected type", StringComparison.Ordinal);
        return type < 0 ? message : $"{message[..type]}: expected true or false";
    }

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? Path(parent).Append(result.Command.Name) : [result.Command.Name];
}
