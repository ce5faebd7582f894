namespace TeeChain.Fleet.Options;

/// <summary><c>--log</c>, as the verbs have it that run on and log; the same formats as teeproxy's.</summary>
internal static class LogFlag
{
    /// <summary>For people.</summary>
    public const string Default = "text";

    public const string Formats = "text|json";

    public const string Help = "How the log is written, to standard output: as text, or as one JSON object an event, with stable names (docs/logs.md).";

    /// <returns>False, with the reason in <paramref name="wrong"/>, where it is neither.</returns>
    public static bool IsJson(string text, out string? wrong)
    {
        wrong = text is "text" or "json" ? null : $"--log is \"{text}\"; allowed: text, json";
        return text == "json";
    }
}
