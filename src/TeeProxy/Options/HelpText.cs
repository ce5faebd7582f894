using System.Text;

namespace TeeProxy.Options;

/// <summary>What <c>--help</c> prints, from the table of flags.</summary>
internal static class HelpText
{
    private const int Width = 100;
    private const int Indent = 6;

    public static string Render()
    {
        var text = new StringBuilder();
        text.Append("""
            teeproxy: one node of a chain. It journals each write, delivers it to the local application and passes it on.

              teeproxy --local :4567 [--next :9001] [flags]
              teeproxy journal check|dump FOLDER [--bodies]
              teeproxy journal seed FOLDER --chain ID --position SEQUENCE:EPOCH:CRC:DIGEST

            Every flag is an environment variable too: --ack-timeout is TEEPROXY_ACK_TIMEOUT. A flag beats its variable.
            DURATION is a number with ms, s, m or h; SIZE is a number with KiB, MiB or GiB (KB, MB, GB; without: bytes).

            """);
        Group(text, "Basic", basic: true);
        Group(text, "Advanced", basic: false);
        text.Append("\n  --help, --version\n");
        return text.ToString();
    }

    private static void Group(StringBuilder text, string title, bool basic)
    {
        text.Append('\n').Append(title).Append('\n');
        foreach (var flag in Flag.All.Where(flag => flag.Limits.Basic == basic))
        {
            text.Append("  --").Append(flag.Name).Append(flag.IsSwitch ? "" : " " + flag.MetaValue).Append('\n');
            var allowed = flag.Allowed is null ? "" : $"; allowed: {flag.Allowed}";
            Wrap(text, $"{flag.Reason} (default: {flag.Limits.Otherwise ?? flag.Default}{allowed})");
        }
    }

    private static void Wrap(StringBuilder text, string words)
    {
        text.Append(' ', Indent - 1);
        var column = Indent - 1;
        foreach (var word in words.Split(' '))
        {
            if (column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', Indent - 1);
                column = Indent - 1;
            }

            text.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        text.Append('\n');
    }
}
