namespace TeeChain.Fleet.Haproxy;

/// <summary>How HAProxy's answers are told apart, and what counts as consent. Pure.</summary>
internal static class RuntimeAnswerRule
{
    // HAProxy 2.6 words its consents so; anything else is a reason against.
    private static readonly string[] Consents = ["New server registered.", "Server deleted.", "IP changed from ", "no need to change the addr", "port changed from "];

    /// <summary>An empty line ends each answer, and none holds one.</summary>
    public static RuntimeAnswer Split(string text, int commands)
    {
        var answers = new List<string>();
        List<string>? open = null;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (line.Length > 0)
            {
                (open ??= []).Add(line);
            }
            else if (open is not null || answers.Count < commands)
            {
                answers.Add(string.Join('\n', open ?? []));
                open = null;
            }
        }

        return open is null && text.EndsWith('\n') && answers.Count == commands
            ? new RuntimeAnswer.Said(answers)
            : new RuntimeAnswer.Failed($"{answers.Count} of {commands} commands were answered");
    }

    public static bool IsConsent(string answer) => answer.Length == 0 || Consents.Any(consent => answer.StartsWith(consent, StringComparison.Ordinal));
}
