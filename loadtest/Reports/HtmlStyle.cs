namespace LoadTest.Reports;

/// <summary>How the page looks: light and dark, one column on a phone. Lines differ by dashes too, outcomes are words first.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d5dbe1; --good: #116329; --bad: #b3261e; --card: #f5f7f9; --s0: #0072b2; --s1: #00785a; --s2: #c04a00; }
        @media (prefers-color-scheme: dark) {
          :root { --back: #14171b; --text: #e6e9ec; --quiet: #9aa4ae; --line: #333b43; --good: #5bc47a; --bad: #ff8a80; --card: #1e2329; --s0: #56b4e9; --s1: #3ccf9f; --s2: #f0a35e; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 84rem; padding: 1.25rem; background: var(--back); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; }
        h1 { font-size: 1.4rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        p { margin: .25rem 0; overflow-wrap: anywhere; }
        code { font-size: .9em; }
        .quiet { color: var(--quiet); }
        .verdict { margin: 1rem 0; padding: .6rem .9rem; border-left: .3rem solid; border-radius: .25rem; background: var(--card); }
        .verdict strong { font-size: 1.1rem; }
        .verdict ul { margin: .3rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
        .good { border-color: var(--good); } .good strong { color: var(--good); }
        .bad { border-color: var(--bad); } .bad strong { color: var(--bad); }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
        th { font-weight: 600; color: var(--quiet); }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1rem; margin: 1rem 0; }
        figure { display: flex; flex-direction: column; justify-content: space-between; margin: 0; padding: .7rem .9rem .3rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
        figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-weight: 600; font-size: .95rem; }
        figure > svg { display: block; width: 100%; height: auto; margin-top: .3rem; }
        .legend { display: flex; flex-wrap: wrap; gap: 0 .9rem; font-weight: 400; color: var(--quiet); }
        .key { white-space: nowrap; }
        .key svg { vertical-align: middle; margin-right: .3rem; }
        .grid { stroke: var(--line); }
        .tick { fill: var(--quiet); font: 12px system-ui, sans-serif; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); stroke-dasharray: 7 3; } .s2 { stroke: var(--s2); stroke-dasharray: 2 3; }
        .hint { fill: transparent; } .hint:hover { fill: var(--quiet); fill-opacity: .15; }
        """;
}
