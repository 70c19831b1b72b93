namespace Evenkeel.Architecture.Tests;

public sealed class NamespaceTests
{
    private const string Root = Namespaces.Root;

    // For each folder, those that it may name; a folder that is missing names none.
    private static readonly Dictionary<string, string> Core = new()
    {
        [Root] = "Graphs Layers Optimizers",
        ["Configuration"] = "(root) Graphs Layers Lowering Networks Normalization Optimizers Training",
        ["Diagnostics"] =
            "(root) Execution Graphs Inference Layers Lowering Networks Normalization Optimizers Planning Ranks Rewrites Training",
        ["Execution"] = "(root) Graphs Layers Lowering Normalization Operations Optimizers Planning Ranks Rewrites",
        ["Inference"] = "(root) Execution Graphs Layers Lowering Planning Rewrites",
        ["Layers"] = "Graphs Lowering Normalization",
        ["Lowering"] = "Graphs Optimizers",
        ["Networks"] = "Graphs Layers Normalization",
        ["Operations"] = "Graphs Layers Lowering Normalization",
        ["Planning"] = "(root) Graphs Lowering Optimizers Rewrites",
        ["Rewrites"] = "(root) Graphs Layers Lowering Normalization Operations",
        ["Serialization"] = "(root) Configuration Graphs Rewrites Training",
        ["Training"] = "(root) Execution Graphs Layers Lowering Normalization Optimizers Planning Ranks Rewrites",
    };

    private static readonly Dictionary<string, string> Cli = new()
    {
        [Root] = "Commands Terminal",
        ["Claims"] = "Experiments Terminal",
        ["Commands"] = "Claims Experiments Files Models Runs Terminal",
        ["Experiments"] = "Terminal",
        ["Files"] = "Terminal",
        ["Models"] = "Files Terminal",
        ["Runs"] = "Terminal",
    };

    private static readonly Dictionary<string, string> Data = new()
    {
        ["Formats"] = "(root)",
        ["Images"] = "(root) Formats Sampling",
        ["Loading"] = "(root) Sampling",
        ["Mnist"] = "(root) Formats",
        ["Synthetic"] = "(root) Images Sampling",
    };

    private static readonly Dictionary<string, string> Kernels = new()
    {
        ["Convolution"] = "(root) Elementwise Lanes Linear Loops Norm Pooling Reduction Storage Threading",
        ["Elementwise"] = "(root) Lanes Loops Threading",
        ["Linear"] = "(root) Lanes Threading",
        ["Loops"] = "(root) Lanes Threading",
        ["Loss"] = "(root) Elementwise Lanes Loops Threading",
        ["Norm"] = "(root) Elementwise Lanes Loops Reduction Threading",
        ["Optim"] = "Elementwise Lanes Loops Threading",
        ["Pooling"] = "(root) Elementwise Lanes Loops Norm Threading",
        ["Recurrent"] = "(root) Elementwise Lanes Loops Norm Threading",
        ["Reduction"] = "Lanes Threading",
        ["Reference"] = "Convolution Elementwise Norm Pooling Reduction Resizing",
        ["Resizing"] = "Lanes Threading",
        ["Threading"] = "Storage",
    };

    private static readonly Dictionary<string, string> Onnx = new()
    {
        ["Construction"] = "(root) Files",
        ["Export"] = "(root) Import",
        ["Files"] = "(root)",
        ["Import"] = "(root) Construction Files Operators",
        ["Operators"] = "(root) Construction Files",
    };

    private static readonly Dictionary<string, string> Reporting = new()
    {
        [Root] = "Charts",
        ["Metrics"] = "(root) Charts",
        ["TensorBoard"] = "(root)",
    };

    private static readonly Dictionary<string, string> Runs = new()
    {
        [Root] = "Configuration Files Hosting Scoring Text",
        ["Configuration"] = "Files Hosting Text",
        ["Hosting"] = "Scoring",
    };

    private static readonly Dictionary<string, string> Watch = new()
    {
        [Root] = "Following Pages",
        ["Pages"] = "Following",
    };

    private static readonly Dictionary<string, Dictionary<string, string>> Arrows = new()
    {
        ["Evenkeel"] = Core,
        ["Evenkeel.Cli"] = Cli,
        ["Evenkeel.Data"] = Data,
        ["Evenkeel.Kernels"] = Kernels,
        ["Evenkeel.Mpi"] = [],
        ["Evenkeel.Onnx"] = Onnx,
        ["Evenkeel.Reporting"] = Reporting,
        ["Evenkeel.Runs"] = Runs,
        ["Evenkeel.Watch"] = Watch,
    };

    public static TheoryData<string> Projects =>
        [.. Sources.Files("src", ".csproj").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_point_where_they_may(string project)
    {
        IEnumerable<string> wrong =
            from folder in Namespaces.References(project)
            from other in folder.Value
            where !Allowed(project, folder.Key).Contains(other)
            select $"{project}/{folder.Key} names {other}";
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_arrow_is_allowed_that_nobody_uses(string project)
    {
        SortedDictionary<string, string[]> found = Namespaces.References(project);
        IEnumerable<string> unused =
            from folder in Arrows[project]
            from other in Allowed(project, folder.Key)
            where !found.GetValueOrDefault(folder.Key, []).Contains(other)
            select $"{project}/{folder.Key} names {other} no more";
        Assert.Empty(unused);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folders_name_each_other_in_a_circle(string project) =>
        Assert.Empty(Namespaces.Circles(Namespaces.References(project)));

    [Fact]
    public void A_circle_is_found()
    {
        Dictionary<string, string[]> folders = new()
        {
            ["A"] = ["B"],
            ["B"] = ["C"],
            ["C"] = ["B", "D"],
            ["D"] = [],
        };
        Assert.Equal(["B C"], Namespaces.Circles(folders));
    }

    private static string[] Allowed(string project, string folder) =>
        Arrows[project].GetValueOrDefault(folder, "").Split(' ');
}
