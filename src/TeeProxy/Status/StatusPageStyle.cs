namespace TeeProxy.Status;

/// <summary>How the live page looks: light and dark, one column on a phone. States are words first, colours second.</summary>
internal static class StatusPageStyle
{
    public const string Css = """

        :root { --back: #fff; --text: #1b1f24; --quiet: #59636e; --line: #c8d0d8; --good: #116329; --bad: #b3261e; --card: #f5f7f9; --own: #0a58ca; }
        @media (prefers-color-scheme: dark) {
          :root { --back: #14171b; --text: #e6e9ec; --quiet: #9aa4ae; --line: #3b444d; --good: #5bc47a; --bad: #ff8a80; --card: #1e2329; --own: #7ab0ff; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--back); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; }
        h1 { font-size: 1.4rem; margin: 0; }
        h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
        p { margin: .25rem 0; }
        a { color: var(--own); }
        #summary, .quiet, dt { color: var(--quiet); }
        #notice:empty { display: none; }
        #notice { border-left: .25rem solid var(--bad); padding-left: .6rem; }
        #chain { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; padding: 0; }
        #chain > li { display: flex; align-items: center; gap: .5rem; }
        #chain > li + li::before { content: "\2192"; color: var(--quiet); }
        .node { min-width: 12rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .6rem .8rem; }
        .node.own { border: 2px solid var(--own); }
        .node h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
        .node p { font-size: .9rem; }
        .good { color: var(--good); }
        .bad { color: var(--bad); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
        dd { margin: 0; overflow-wrap: anywhere; }
        ul { margin: 0; padding-left: 1.2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
        @media (max-width: 40rem) {
          #chain { flex-direction: column; }
          #chain > li { flex-direction: column; align-items: stretch; }
          #chain > li + li::before { content: "\2193"; text-align: center; }
          dl { grid-template-columns: 1fr; }
          dd { margin-bottom: .4rem; }
        }

        """;
}
