using System.Text.Json;

namespace Evenkeel.Reporting;

/// <summary>A report's data as JSON, to show the report again without the run.</summary>
public static class ReportJson
{
    /// <summary>Writes the data as JSON; NaN and infinities as the strings "NaN", "Infinity" and "-Infinity".</summary>
    /// <param name="report">The report.</param>
    public static string Write(ReportSpec report) =>
        JsonSerializer.Serialize(report, ReportJsonContext.Default.ReportSpec);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What to call the text in a message, such as its file.</param>
    /// <exception cref="InvalidDataException">The text is not a report's data; the message says where.</exception>
    public static ReportSpec Read(string json, string name = "report")
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReportJsonContext.Default.ReportSpec)
                ?? throw new InvalidDataException($"{name}: expected a report's data, found null");
        }
        catch (JsonException e)
        {
            string where = e.Path is { Length: > 0 } path ? $" at {path}" : "";
            throw new InvalidDataException($"{name}: not a report's data{where}, line {e.LineNumber + 1}", e);
        }
    }
}
