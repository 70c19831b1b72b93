namespace Evenkeel.Reporting.Charts;

/// <summary>
/// The charts' style sheet. Colours are those of Okabe and Ito, which stay apart for colour-blind readers, lightened or darkened to be
/// legible on the ground of each scheme.
/// </summary>
internal static class ChartStyle
{
    /// <summary>How many colours there are.</summary>
    public const int Colours = 6;

    /// <summary>The variables and rules that every chart needs, once per document.</summary>
    public const string Sheet = """
        :root{--ek-ink:#1c2229;--ek-soft:#57606a;--ek-grid:#e4e7eb;--ek-axis:#a3abb5;--ek-ground:#fff;
        --ek-c0:#0072b2;--ek-c1:#c24e00;--ek-c2:#00795c;--ek-c3:#a8457f;--ek-c4:#8a6a00;--ek-c5:#3a3f9e}
        @media screen and (prefers-color-scheme:dark){:root{--ek-ink:#e8ebee;--ek-soft:#a4adb8;--ek-grid:#2b323a;--ek-axis:#626c78;--ek-ground:#171b20;
        --ek-c0:#56b4e9;--ek-c1:#f0894a;--ek-c2:#3fc79f;--ek-c3:#e39ac5;--ek-c4:#e6c229;--ek-c5:#a3a8f5}}
        .ek-chart{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        .ek-chart text{fill:var(--ek-soft)}
        .ek-chart .ek-title{fill:var(--ek-ink);font-size:14px;font-weight:600}
        .ek-chart .ek-name{fill:var(--ek-ink)}
        .ek-chart .ek-tick{font-variant-numeric:tabular-nums}
        .ek-ground{fill:var(--ek-ground)}
        .ek-grid{stroke:var(--ek-grid);fill:none}
        .ek-axis{stroke:var(--ek-axis);fill:none}
        .ek-line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
        .ek-edge{fill:none;stroke-width:1;stroke-opacity:.75;stroke-linejoin:round}
        .ek-band{fill-opacity:.16;stroke:none}
        .ek-dashed{stroke-dasharray:6 4}
        .ek-dotted{stroke-dasharray:.1 4}
        .ek-marker{stroke:var(--ek-soft);stroke-dasharray:3 3;fill:none}
        .ek-note{paint-order:stroke;stroke:var(--ek-ground);stroke-width:3px;stroke-linejoin:round}
        .ek-s0{stroke:var(--ek-c0)}.ek-s1{stroke:var(--ek-c1)}.ek-s2{stroke:var(--ek-c2)}
        .ek-s3{stroke:var(--ek-c3)}.ek-s4{stroke:var(--ek-c4)}.ek-s5{stroke:var(--ek-c5)}
        .ek-f0{fill:var(--ek-c0)}.ek-f1{fill:var(--ek-c1)}.ek-f2{fill:var(--ek-c2)}
        .ek-cell{fill:var(--ek-c0)}
        .ek-f3{fill:var(--ek-c3)}.ek-f4{fill:var(--ek-c4)}.ek-f5{fill:var(--ek-c5)}
        """;
}
