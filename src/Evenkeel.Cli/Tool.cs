using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Evenkeel.Cli.Commands;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli;

/// <summary>The tool as a function of its arguments and streams.</summary>
internal static class Tool
{
    /// <summary>Runs a command line.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        ParseResult parse = Root().Parse(args);
        if (parse.Errors.Count > 0)
        {
            string path = string.Join(' ', Path(parse.CommandResult));
            error.WriteLine($"evenkeel: {Describe(parse)}. See '{path} --help'.");
            return ExitCode.Usage;
        }

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

    private static Command Root()
    {
        // Not a RootCommand: that one is named after the file that runs, which is another one in a development build.
        var root = new Command("evenkeel", "Train, inspect and ship batch-normalised networks.");
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
            ReportCommand.Create(),
            PlanCommand.Create(),
            ReproduceCommand.Create(),
            BenchCommand.Create(),
            SelfCheckCommand.Create(),
        ];

    // A misspelt verb is reported after the fact that there is no verb, but says more.
    private static string Describe(ParseResult parse) =>
        parse.UnmatchedTokens is [var word, ..]
            ? $"'{word}' is neither a verb nor an option that is known here"
            : KnownErrors.OneLine(parse.Errors[0].Message).TrimEnd('.');

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? Path(parent).Append(result.Command.Name) : [result.Command.Name];
}
