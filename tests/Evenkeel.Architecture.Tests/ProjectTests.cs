using System.Xml.Linq;

namespace Evenkeel.Architecture.Tests;

public sealed class ProjectTests
{
    /// <summary>Which projects each source project may name: nothing points up.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Evenkeel.Cli"] =
        [
            "Evenkeel",
            "Evenkeel.Data",
            "Evenkeel.Mpi",
            "Evenkeel.Onnx",
            "Evenkeel.Reporting",
            "Evenkeel.Runs",
            "Evenkeel.Watch",
        ],
        ["Evenkeel"] = ["Evenkeel.Data", "Evenkeel.Kernels"],
        ["Evenkeel.Runs"] = ["Evenkeel", "Evenkeel.Data", "Evenkeel.Reporting"],
        ["Evenkeel.Watch"] = ["Evenkeel.Reporting", "Evenkeel.Runs"],
        ["Evenkeel.Onnx"] = ["Evenkeel"],
        ["Evenkeel.Mpi"] = ["Evenkeel"],
        ["Evenkeel.Kernels"] = [],
        ["Evenkeel.Data"] = [],
        ["Evenkeel.Reporting"] = [],
    };

    /// <summary>Projects whose packages are large, and which a newcomer's first build is spared.</summary>
    private static readonly string[] OutsideTheSolution =
    [
        "bench/Evenkeel.Benchmarks/Evenkeel.Benchmarks.csproj",
        "bench/peers/libtorch/LibTorchPeer.csproj",
    ];

    [Fact]
    public void Source_projects_point_where_they_may()
    {
        Dictionary<string, string[]> found = Sources
            .Files("src", ".csproj")
            .ToDictionary(
                file => Path.GetFileNameWithoutExtension(file),
                file => Items(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order().ToArray()
            )!;
        Assert.Equal(Arrows.Keys.Order(), found.Keys.Order());
        foreach ((string project, string[] references) in found)
            Assert.Equal((project, string.Join(' ', Arrows[project])), (project, string.Join(' ', references)));
    }

    [Fact]
    public void No_source_project_points_outside_the_sources()
    {
        foreach (string file in Sources.Files("src", ".csproj"))
            Assert.All(
                Items(file, "ProjectReference"),
                path => Assert.StartsWith("../Evenkeel", path.Replace('\\', '/'), StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Every_package_version_is_pinned_centrally()
    {
        XDocument central = XDocument.Parse(Sources.Text("Directory.Packages.props"));
        var pinned = central
            .Descendants("PackageVersion")
            .ToDictionary(e => e.Attribute("Include")!.Value, e => e.Attribute("Version")!.Value);
        Assert.Equal("true", central.Descendants("ManagePackageVersionsCentrally").Single().Value);
        Assert.All(pinned, p => Assert.Matches(@"^\d+\.\d+\.\d+$", p.Value));
        foreach (string file in (string[])[.. Sources.Files("", ".csproj"), .. Sources.Files("", ".props")])
        {
            // Projects that others make of a template stand alone.
            if (file.StartsWith("templates/evenkeel-", StringComparison.Ordinal))
                continue;

            foreach (XElement package in XDocument.Parse(Sources.Text(file)).Descendants("PackageReference"))
            {
                Assert.True(package.Attribute("Version") is null && package.Attribute("VersionOverride") is null, file);
                Assert.Contains(package.Attribute("Include")!.Value, (IDictionary<string, string>)pinned);
            }
        }
    }

    [Fact]
    public void Every_project_is_part_of_the_solution_but_those_with_large_packages()
    {
        string[] listed =
        [
            .. XDocument
                .Parse(Sources.Text("Evenkeel.slnx"))
                .Descendants("Project")
                .Select(e => e.Attribute("Path")!.Value)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            ((string[])["src", "tests", "bench", "samples"])
                .SelectMany(f => Sources.Files(f, ".csproj"))
                .Except(OutsideTheSolution)
                .Append("templates/Evenkeel.Templates.csproj")
                .Order(StringComparer.Ordinal),
            listed
        );
    }

    [Fact]
    public void Public_members_must_be_documented()
    {
        // The compiler asks for documentation (CS1591) unless it is told not to; only the tool, which has no API, may.
        XDocument all = XDocument.Parse(Sources.Text("Directory.Build.props"));
        Assert.Equal("true", all.Descendants("GenerateDocumentationFile").Single().Value);
        Assert.Equal("true", all.Descendants("TreatWarningsAsErrors").Single().Value);
        foreach (string file in Sources.Files("src", ".csproj").Where(f => !f.Contains("Evenkeel.Cli")))
            Assert.DoesNotContain("CS1591", Sources.Text(file));
        foreach (string file in Sources.Files("src", ".cs").Where(f => !f.Contains("Evenkeel.Cli")))
            Assert.DoesNotContain("CS1591", Sources.Text(file));
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Parse(Sources.Text(project)).Descendants(kind).Select(e => e.Attribute("Include")!.Value);
}
