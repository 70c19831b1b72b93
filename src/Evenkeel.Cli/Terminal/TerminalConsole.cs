using Evenkeel.Ranks;
using Spectre.Console;

namespace Evenkeel.Cli.Terminal;

/// <summary>What is known of the terminal behind a writer.</summary>
internal static class TerminalConsole
{
    /// <summary>
    /// Takes the terminal of a rank of MPI for none: launchers give their ranks one whose text goes into a file or a pipe, where escape sequences
    /// would spoil it.
    /// </summary>
    public static void LeaveToLauncher()
    {
        try
        {
            if (Launcher.Find() is not null)
                Environment.SetEnvironmentVariable("TERM", "dumb");
        }
        catch (CommunicatorException)
        {
            // Whoever asks for ranks is told.
        }
    }

    /// <summary>Whether the writer is a standard stream that goes to a terminal able to move its cursor.</summary>
    public static bool IsTerminal(TextWriter writer)
    {
        TextWriter stream = Behind(writer);
        bool redirected =
            ReferenceEquals(stream, Console.Out) ? Console.IsOutputRedirected
            : ReferenceEquals(stream, Console.Error) ? Console.IsErrorRedirected
            : true;
        return !redirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
    }

    /// <summary>A console that writes to the writer, past its cleaning and in colour unless NO_COLOR is set.</summary>
    public static IAnsiConsole For(TextWriter writer)
    {
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Behind(writer)),
                Ansi = IsTerminal(writer) ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                // What moves on its line is drawn only where Spectre takes the console for interactive.
                Interactive = IsTerminal(writer) ? InteractionSupport.Yes : InteractionSupport.No,
            }
        );
    }

    private static TextWriter Behind(TextWriter writer) => writer is CleanWriter clean ? clean.Inner : writer;
}
