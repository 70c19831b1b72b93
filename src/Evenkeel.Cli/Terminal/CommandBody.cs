using System.CommandLine;

namespace Evenkeel.Cli.Terminal;

/// <summary>Gives a command its body, with <c>--json</c>, errors and interruption handled alike for every verb.</summary>
internal static class CommandBody
{
    /// <summary>
    /// Adds <c>--json</c> and the body. Whatever the body throws becomes one line and an exit code (<see cref="KnownErrors"/>).
    /// </summary>
    public static Command WithBody(this Command command, Func<ParseResult, CommandContext, int> body) =>
        command.WithBody(body, () => Interruption.Token);

    /// <summary>
    /// The same for work that stops between two steps and saves what it has when it is interrupted; all other verbs end at once, because
    /// they have nothing to save.
    /// </summary>
    public static Command WithStoppableBody(this Command command, Func<ParseResult, CommandContext, int> body) =>
        command.WithBody(body, Interruption.Heed);

    private static Command WithBody(
        this Command command,
        Func<ParseResult, CommandContext, int> body,
        Func<CancellationToken> cancellation
    )
    {
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON object" };
        command.Options.Add(json);
        command.SetAction(parse =>
        {
            var error = CleanWriter.Over(parse.InvocationConfiguration.Error);
            var context = new CommandContext(
                CleanWriter.Over(parse.InvocationConfiguration.Output),
                error,
                parse.GetValue(json),
                cancellation()
            )
            {
                Command = command,
            };
            try
            {
                if (WiderBuild.Note is { } note)
                    context.Note(note);
                return body(parse, context);
            }
#pragma warning disable CA1031 // The last resort of a tool: one line and an exit code for whatever happened.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return KnownErrors.Report(e, error, command);
            }
        });
        return command;
    }
}
