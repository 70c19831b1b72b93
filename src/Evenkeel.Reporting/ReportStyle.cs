namespace Evenkeel.Reporting;

/// <summary>The page's style sheet; colours come from the charts' variables.</summary>
internal static class ReportStyle
{
    /// <summary>The rules.</summary>
    public const string Sheet = """
        :root{color-scheme:light dark;--ek-page:#f6f7f9}
        @media screen and (prefers-color-scheme:dark){:root{--ek-page:#0f1216}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--ek-page);color:var(--ek-ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main,header,footer{max-width:82rem;margin:0 auto;padding:0 1rem}
        header{padding-top:2rem}
        h1{font-size:clamp(1.5rem,1.2rem + 1.6vw,2.1rem);line-height:1.2;margin:0 0 .6rem;letter-spacing:-.015em;text-wrap:balance}
        h2{font-size:1.15rem;line-height:1.3;margin:2.4rem 0 .8rem}
        header p{max-width:54rem;margin:.4rem 0;color:var(--ek-soft)}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,10rem),1fr));gap:.75rem;margin:1.5rem 0 0}
        .figures div{background:var(--ek-ground);border:1px solid var(--ek-grid);border-radius:10px;padding:.8rem 1rem}
        .figures dt{font-size:.8rem;color:var(--ek-soft);line-height:1.35}
        .figures dd{margin:.15rem 0 0}
        .figures .value{font-size:clamp(1.25rem,1rem + 1vw,1.55rem);font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums;letter-spacing:-.01em;overflow-wrap:anywhere}
        .figures .note{font-size:.8rem;color:var(--ek-soft);line-height:1.35}
        figure{margin:0}
        .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:.75rem;max-width:calc(var(--panels)*27.4rem)}
        .panel{background:var(--ek-ground);border:1px solid var(--ek-grid);border-radius:10px;padding:.75rem}
        figcaption{margin:.7rem 0 0;max-width:46rem;font-size:.9rem;color:var(--ek-soft)}
        .scroll{overflow-x:auto;background:var(--ek-ground);border:1px solid var(--ek-grid);border-radius:10px}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{padding:.5rem 1rem;text-align:left;vertical-align:top;border-top:1px solid var(--ek-grid)}
        thead th{border-top:0;color:var(--ek-soft);font-weight:600;font-size:.8rem;vertical-align:bottom}
        tbody th{font-weight:500;min-width:7.5rem}td:not(.number){min-width:9rem}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        details{margin-top:2.4rem;background:var(--ek-ground);border:1px solid var(--ek-grid);border-radius:10px}
        summary{cursor:pointer;padding:.7rem 1rem;font-weight:600}
        pre,code{font:.82rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        pre{margin:0;padding:.8rem 1rem;overflow-x:auto}
        details pre{border-top:1px solid var(--ek-grid)}
        footer{margin-top:2.4rem;padding-bottom:3rem;color:var(--ek-soft);font-size:.9rem}
        footer pre{background:var(--ek-ground);color:var(--ek-ink);border:1px solid var(--ek-grid);border-radius:10px}
        footer p{margin:.7rem 0}
        :focus-visible{outline:2px solid var(--ek-c0);outline-offset:2px}
        @media print{body{font-size:11pt;background:#fff}main,header,footer{max-width:none;padding:0}
        .panels{grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}
        footer pre{white-space:pre-wrap}
        figure,.figures div,tr{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}}
        """;
}
