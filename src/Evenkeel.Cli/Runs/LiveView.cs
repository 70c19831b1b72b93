using System.CommandLine;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Watch;

namespace Evenkeel.Cli.Runs;

/// <summary>The live page of runs, where it is asked for.</summary>
internal sealed class LiveView
{
    /// <summary>The most runs of a page.</summary>
    public const int MaxRuns = 16;

    private static readonly Option<bool> Watch = new("--watch")
    {
        Description = "Show the run on a live page in the browser while it trains",
    };

    private static readonly Option<int?> Port = new Option<int?>("--port")
    {
        Description = "Port of the live page on the loopback address; default: a free one",
    }.Within(1, 65535);

    private readonly CommandContext _context;
    private readonly int? _port;

    private LiveView(CommandContext context, int? port) => (_context, _port) = (context, port);

    /// <summary>No page.</summary>
    public static LiveView None(CommandContext context) => new(context, null);

    /// <summary>Adds <c>--watch</c> and <c>--port</c>.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Watch);
        AddPortTo(command);
    }

    /// <summary>Adds <c>--port</c> alone.</summary>
    public static void AddPortTo(Command command) => command.Options.Add(Port);

    /// <summary>What <c>--watch</c> and <c>--port</c> ask for.</summary>
    /// <exception cref="UsageException">A port without a page.</exception>
    public static LiveView Of(ParseResult parse, CommandContext context)
    {
        int? port = parse.GetValue(Port);
        if (parse.GetValue(Watch))
            return new LiveView(context, port ?? 0);
        return port is null ? None(context) : throw new UsageException("--port: it is for the live page; add --watch.");
    }

    /// <summary>Begins to serve a page of runs, on the port that is asked for.</summary>
    /// <exception cref="UsageException">A folder holds no run, or the port cannot be used.</exception>
    public static WatchServer Serve(ParseResult parse, IReadOnlyList<string> folders) =>
        Serve(folders, parse.GetValue(Port) ?? 0);

    /// <summary>The run as it is to be trained: a page shows its layers, so they are recorded as often as it is evaluated, unless it says more.</summary>
    public RunConfig Recorded(RunConfig config) =>
        _port is not null && config.InspectEvery == 0
            ? config with
            {
                InspectEvery = config.EvaluateEvery > 0 ? config.EvaluateEvery : config.LogEvery,
            }
            : config;

    /// <summary>Shows the run of a folder from now on, and tells where; null where no page is asked for.</summary>
    public IDisposable? Open(string folder)
    {
        if (_port is not { } port)
            return null;
        WatchServer server = Serve([folder], port);
        _context.Note($"the live page is {server.Address}");
        return server;
    }

    private static WatchServer Serve(IReadOnlyList<string> folders, int port)
    {
        if (folders.Count > MaxRuns)
            throw new UsageException($"{folders.Count} runs are too many for one page; give {MaxRuns} or fewer.");
        foreach (string folder in folders)
        {
            if (!new RunFiles(folder).Exists && !RunFolder.IsFree(folder))
                throw new UsageException($"{folder}: this is not the folder of a run; give the folder of a run.");
        }

        try
        {
            return WatchServer.Start(folders, port);
        }
        catch (IOException e)
        {
            throw new UsageException($"--port {port}: it is in use; give another, or leave it out for a free one.", e);
        }
    }
}
