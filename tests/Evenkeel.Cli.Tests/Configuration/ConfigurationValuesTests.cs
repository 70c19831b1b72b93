using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>
/// What docs/configuration.md says of each field, what docs/configuration-values.json lists, and what the readers do are the same.
/// </summary>
public sealed partial class ConfigurationValuesTests
{
    // Words that are written so outside of programs too.
    private static readonly string[] Names = ["PyTorch", "TensorBoard"];

    public static TheoryData<string> Sections => [.. FieldSection.All.Keys];

    [Theory]
    [MemberData(nameof(Sections))]
    public void Values_that_are_listed_are_accepted(string name)
    {
        FieldSection section = FieldSection.All[name];
        foreach ((string field, JsonObject values) in section.Fields)
        {
            foreach (JsonNode? value in values["accepts"]!.AsArray())
                section.Meaning(field, value);
            foreach (JsonArray group in Groups(values))
                Assert.True(
                    group.Select(value => section.Meaning(field, value)).Distinct().Count() == 1,
                    $"{section.PathOf(field)}: {group.ToJsonString()} do not mean the same."
                );
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void Values_that_are_refused_are_told_with_the_field_in_the_words_of_the_file(string name)
    {
        FieldSection section = FieldSection.All[name];
        foreach ((string field, JsonObject values) in section.Fields)
        {
            foreach (JsonNode? value in values["refuses"]!.AsArray())
            {
                string what = $"{section.PathOf(field)} = {value?.ToJsonString()}";
                string message = Refusal(section, field, value, what);
                string place = ListPlace().Replace(section.PathOf(field), "[$1]");
                Assert.True(
                    message.Contains(place, StringComparison.Ordinal) || TellsTheObject(message, place),
                    $"{what}: {message}"
                );
                Assert.True(
                    ProgramWord().Matches(message).All(word => Names.Contains(word.Value))
                        && !message.Contains("(Parameter", StringComparison.Ordinal),
                    $"{what}: {message}"
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_fields_are_those_of_the_reader_and_of_the_page(string name)
    {
        FieldSection section = FieldSection.All[name];
        string message = Refusal(section, "~", JsonValue.Create(0), name);
        string[] known = message[(message.IndexOf("known here: ", StringComparison.Ordinal) + 12)..]
            .TrimEnd('.')
            .Split(", ");
        Assert.Equal(known.Order(), section.Fields.Select(f => f.Name).Concat(section.Elsewhere).Order());
        foreach ((string field, JsonObject values) in section.Fields)
        {
            string said = ConfigurationPage.Plain(ConfigurationPage.LineOf(section, field, values));
            if (values["default"] is JsonValue usual)
            {
                string value = Regex.Escape(ConfigurationPage.Plain(usual.ToJsonString()));
                Assert.Matches($@"(?<!\w){field}( \|)? {value}(?![\w.])", said);
            }
        }
    }

    [Fact]
    public void Every_layer_is_on_the_page()
    {
        string message = Refusal(
            FieldSection.All["activations without fields"],
            "type",
            JsonValue.Create("squash"),
            "squash"
        );
        string[] known = message[(message.IndexOf("known: ", StringComparison.Ordinal) + 7)..].TrimEnd('.').Split(", ");
        string[] rows =
        [
            .. ConfigurationPage.Lines.SkipWhile(l => !l.StartsWith("| `type` | Fields", StringComparison.Ordinal)),
        ];
        string types = string.Concat(rows.TakeWhile(l => l.StartsWith('|')).Select(l => l.Split('|')[1]));
        Assert.All(known, type => Assert.Contains($"`{type}`", types, StringComparison.Ordinal));
    }

    private static IEnumerable<JsonArray> Groups(JsonObject values)
    {
        if (values["same"] is JsonArray groups)
        {
            foreach (JsonNode? group in groups)
                yield return group!.AsArray();
        }

        if (values["default"] is { } usual)
            yield return [null, usual.DeepClone()];
    }

    private static string Refusal(FieldSection section, string field, JsonNode? value, string what)
    {
        try
        {
            section.Meaning(field, value);
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }

        Assert.Fail($"{what} is accepted.");
        return "";
    }

    // A value that does not fit others is told with the object, or with the layer, that has it.
    private static bool TellsTheObject(string message, string place)
    {
        int dot = place.LastIndexOf('.');
        return message.StartsWith("test: network: ", StringComparison.Ordinal)
            || message.Contains(dot < 0 ? "test: " : place[..dot], StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b[A-Z][a-z]+[A-Z]\w*")]
    private static partial Regex ProgramWord();

    [GeneratedRegex(@"\.(\d+)")]
    private static partial Regex ListPlace();
}
