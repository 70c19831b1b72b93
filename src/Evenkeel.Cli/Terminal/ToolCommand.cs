namespace Evenkeel.Cli.Terminal;

/// <summary>Command lines for people to copy: quoted, and of the tool as it was called, so that they work from any folder.</summary>
internal static class ToolCommand
{
    private const string Name = "evenkeel";
    private const string Project = "Evenkeel.Cli.csproj";

    /// <summary>The command line of the tool with these arguments.</summary>
    public static string Text(params IEnumerable<string> arguments) =>
        string.Join(' ', Program().Concat(arguments).Select(ShellWord.Quote));

    /// <summary>The command line that this process was started with; files in it are named in full.</summary>
    public static string OfThisProcess() => Text(Environment.GetCommandLineArgs().Skip(1).Select(InFull));

    // Whoever builds the tool in the repository has no command of its name; dotnet builds and runs it for them.
    private static string[] Program()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, Project)))
                return ["dotnet", "run", "-c", "Release", "--project", folder, "--"];
        }

        string? process = Environment.ProcessPath;
        if (Path.GetFileNameWithoutExtension(process) == "dotnet")
            return
            [
                "dotnet",
                Path.Combine(AppContext.BaseDirectory, $"{typeof(ToolCommand).Assembly.GetName().Name}.dll"),
            ];
        return process is null || IsOnPath(process) ? [Name] : [process];
    }

    private static bool IsOnPath(string process) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Contains(Path.GetDirectoryName(process))
        && Path.GetFileNameWithoutExtension(process) == Name;

    private static string InFull(string argument) =>
        !Path.IsPathRooted(argument) && (File.Exists(argument) || Directory.Exists(argument))
            ? Path.GetFullPath(argument)
            : argument;
}
