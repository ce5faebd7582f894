using System.Globalization;
using TeeChain.Protocol;

namespace LoadTest.Options;

/// <summary>
/// Reads the text of one flag each and keeps the first refusal: one line that names the flag, its value and what is allowed. What it
/// returns for a flag that it refused means nothing.
/// </summary>
internal sealed class FlagReader
{
    private const double MostRate = 100_000;

    /// <summary>Null while nothing is wrong.</summary>
    public string? Refusal { get; private set; }

    public void Check(bool isRight, string otherwise) => Refusal ??= isRight ? null : otherwise;

    public Uri? Url(string flag, string text)
    {
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/";
        Check(isUrl, $"--{flag} is '{text}'; allowed is an address such as http://127.0.0.1:8080, without a path");
        return isUrl ? uri : null;
    }

    public double Rate(string flag, string text)
    {
        // AllowDecimalPoint alone: no sign, no exponent, no "Infinity".
        var isRate = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate <= MostRate;
        Check(isRate, $"--{flag} is '{text}'; allowed is a number from 0 to {MostRate}: requests a second");
        return isRate ? rate : 1;
    }

    public TimeSpan Time(string flag, string text, TimeSpan least, TimeSpan most)
    {
        var time = Quantity.Duration(text);
        Check(time >= least && time <= most, $"--{flag} is '{text}'; allowed is {Short(least)} to {Short(most)}, {Quantity.DurationForms}");
        return time ?? least;
    }

    public long Number(string flag, string text, long least, long most)
    {
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;
        Check(isNumber, $"--{flag} is '{text}'; allowed is a whole number from {least} to {most}");
        return isNumber ? number : least;
    }

    public IReadOnlyList<Address> Nodes(string text)
    {
        var parsed = text == LoadOptions.NoNodes ? [] : text.Split(',').Select(part => Address.TryParse(part, out var address) ? address : null).ToArray();
        Check(!parsed.Contains(null), $"--nodes is '{text}'; allowed are admin ports such as :9500,:9501 or host:9500, or {LoadOptions.NoNodes}");
        Check(parsed.Distinct().Count() == parsed.Length, $"--nodes is '{text}'; a node stands there twice");
        return [.. parsed.OfType<Address>()];
    }

    public string SecretFile(string? path)
    {
        try
        {
            var secret = path is null ? "" : File.ReadAllText(path).Trim();
            Check(secret.All(c => c is > ' ' and <= '~'), $"--secret-file is '{path}', which holds more than one word of printable ASCII");
            return secret;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Check(false, $"--secret-file is '{path}', which cannot be read: {failure.Message}");
            return "";
        }
    }

    private static string Short(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0s",
        { TotalHours: >= 1 } => $"{time.TotalHours}h",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds}s",
        _ => $"{time.TotalMilliseconds}ms",
    };
}
