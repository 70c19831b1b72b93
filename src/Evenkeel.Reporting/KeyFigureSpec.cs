namespace Evenkeel.Reporting;

/// <summary>A number to see first.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number with its unit, as it is to be read.</param>
/// <param name="Note">What it is compared with or made from; may be empty.</param>
public sealed record KeyFigureSpec(string Label, string Value, string Note = "");
