using System.CommandLine;
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
            string path = string.Join(' ', Path(parse.CommandResult).Prepend("evenkeel"));
            error.WriteLine($"evenkeel: {parse.Errors[0].Message.TrimEnd('.')}. See '{path} --help'.");
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

    private static RootCommand Root()
    {
        var root = new RootCommand("Train, inspect and ship batch-normalised networks.");
        foreach (Command command in Commands())
            root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> Commands() =>
        [TrainCommand.Create(), ReproduceCommand.Create(), BenchCommand.Create(), SelfCheckCommand.Create()];

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? Path(parent).Append(result.Command.Name) : [];
}
