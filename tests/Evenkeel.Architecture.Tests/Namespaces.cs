using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

/// <summary>
/// Which folders of a source project name which others, from the text of its files. A folder is a namespace; files of the public face may lie
/// in a folder and declare the project's own namespace.
/// </summary>
internal static class Namespaces
{
    /// <summary>The files that lie in no folder.</summary>
    public const string Root = "(root)";

    /// <summary>For each folder, those of the same project that its files name.</summary>
    public static SortedDictionary<string, string[]> References(string project)
    {
        ILookup<string, string> code = Sources
            .Files($"src/{project}", ".cs")
            .ToLookup(file => FolderOf(file, project), file => WithoutComments(Sources.Text(file)));
        string[] folders = [.. code.Select(g => g.Key)];
        // Types of the project's own namespace, and of the one for every day, are named without a using.
        ILookup<string, string> faces = code.SelectMany(
                folder => folder.Where(text => IsFace(text, project)),
                (folder, text) => (folder.Key, Types: TypesOf(text))
            )
            .SelectMany(face => face.Types, (face, type) => (face.Key, type))
            .ToLookup(face => face.Key, face => face.type);
        return new SortedDictionary<string, string[]>(
            folders.ToDictionary(
                folder => folder,
                folder =>
                    folders
                        .Where(other => other != folder)
                        .Where(other => code[folder].Any(text => Names(text, project, other, faces[other])))
                        .Order(StringComparer.Ordinal)
                        .ToArray()
            ),
            StringComparer.Ordinal
        );
    }

    /// <summary>The groups of two folders or more in which each reaches every other.</summary>
    public static IEnumerable<string> Circles(IReadOnlyDictionary<string, string[]> references)
    {
        var reached = references.Keys.ToDictionary(folder => folder, folder => Reached(folder, references));
        return references
            .Keys.Where(folder => reached[folder].Contains(folder))
            .Select(folder => references.Keys.Where(o => reached[folder].Contains(o) && reached[o].Contains(folder)))
            .Select(circle => string.Join(' ', circle.Order(StringComparer.Ordinal)))
            .Distinct();
    }

    private static HashSet<string> Reached(string folder, IReadOnlyDictionary<string, string[]> references)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(references[folder]);
        while (open.TryPop(out string? next))
        {
            if (reached.Add(next))
                Array.ForEach(references[next], open.Push);
        }

        return reached;
    }

    private static bool Names(string text, string project, string folder, IEnumerable<string> faces)
    {
        string space = Regex.Escape(project);
        // A parameter, argument or property of the same name is no type.
        return faces.Any(type => Regex.IsMatch(text, $@"(?<![\w.])(?<!\bdouble ){type}\b(?!:)"))
            || Regex.IsMatch(text, $@"^using (static |\w+ = )?{space}\.{folder}\b", RegexOptions.Multiline)
            || Regex.IsMatch(text, $@"(?<![\w.])({space}\.)?{folder}\.[A-Z]");
    }

    private static bool IsFace(string text, string project) =>
        text.Contains($"namespace {project};", StringComparison.Ordinal)
        || text.Contains("namespace Evenkeel;", StringComparison.Ordinal);

    private static IEnumerable<string> TypesOf(string text) =>
        Regex
            .Matches(
                text,
                @"^(?:public|internal) [\w ]*(?:class|struct|interface|enum|record|delegate \w+) (\w+)",
                RegexOptions.Multiline
            )
            .Select(m => m.Groups[1].Value);

    private static string FolderOf(string file, string project)
    {
        string[] parts = file[$"src/{project}/".Length..].Split('/');
        return parts.Length > 1 ? parts[0] : Root;
    }

    private static string WithoutComments(string text) => Regex.Replace(text, "//.*$", "", RegexOptions.Multiline);
}
