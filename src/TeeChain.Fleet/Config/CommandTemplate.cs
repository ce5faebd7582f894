using System.Text;
using System.Text.RegularExpressions;

namespace TeeChain.Fleet.Config;

/// <summary>
/// A command line of the file: words, split once, with <c>{names}</c> that are filled in afterwards, so that a value with a
/// space stays one word. No shell reads it. Single and double quotes hold words together; a backslash outside single quotes
/// takes the next letter as it is.
/// </summary>
internal sealed partial record CommandTemplate(IReadOnlyList<string> Words)
{
    /// <summary>Null where a quote is not closed or there is no word.</summary>
    public static CommandTemplate? Parse(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var isWord = false; // "" is a word too
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
                isWord = true;
            }
            else if (quote == '\0' && letter is '\'' or '"')
            {
                (quote, isWord) = (letter, true);
            }
            else if (letter == quote && quote != '\0')
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                Close();
            }
            else
            {
                word.Append(letter);
                isWord = true;
            }
        }

        Close();
        return quote == '\0' && words.Count > 0 ? new CommandTemplate(words) : null;

        void Close()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }

    /// <summary>The names in braces.</summary>
    public IEnumerable<string> Names => Words.SelectMany(word => Placeholder().Matches(word)).Select(match => match.Groups[1].Value);

    /// <summary>With every name filled in; <paramref name="values"/> has them all.</summary>
    public IReadOnlyList<string> Fill(IReadOnlyDictionary<string, string> values) =>
        [.. Words.Select(word => Placeholder().Replace(word, match => values[match.Groups[1].Value]))];

    [GeneratedRegex(@"\{([a-z-]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
