using System.CommandLine;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>All verbs of the tool, as it has them.</summary>
internal static class CommandTree
{
    /// <summary>Every verb that runs, those of a verb behind it: <c>reproduce mnist</c>.</summary>
    public static IEnumerable<string> Verbs => Leaves(Tool.Root, "");

    /// <summary>The command of a verb.</summary>
    public static Command Find(string verb) =>
        verb.Split(' ').Aggregate(Tool.Root, (command, name) => command.Subcommands.Single(c => c.Name == name));

    /// <summary>A command line of a verb with something in every required place, but for an option.</summary>
    public static string[] Complete(string verb, string without = "")
    {
        Command command = Find(verb);
        return
        [
            .. verb.Split(' '),
            .. command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0).Select(_ => "x"),
            .. command
                .Options.Where(o => o.Required && o.Name != without)
                .SelectMany(o => (string[])[o.Name, "x.onnx"]),
        ];
    }

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.SelectMany(c =>
            c.Subcommands.Count == 0 ? [$"{path} {c.Name}".TrimStart()] : Leaves(c, $"{path} {c.Name}".TrimStart())
        );
}
