using System.CommandLine;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Watch;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel watch</c>: a live page of training runs.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "Folders of runs; a run need not have begun",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("watch", "Show runs on a live page in the browser, until Ctrl-C") { runs };
        LiveView.AddPortTo(command);
        return command.WithStoppableBody(
            (parse, context) =>
            {
                using WatchServer server = LiveView.Serve(parse, parse.GetValue(runs)!);
                context.WriteLine($"{server.Address}");
                context.WriteJson(writer => writer.WriteString("address", $"{server.Address}"));
                context.Cancellation.WaitHandle.WaitOne();
                return ExitCode.Interrupted;
            }
        );
    }
}
