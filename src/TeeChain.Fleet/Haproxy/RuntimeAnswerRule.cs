namespace TeeChain.Fleet.Haproxy;

/// <summary>How HAProxy's answers are told apart, and what counts as consent. Pure.</summary>
internal static class RuntimeAnswerRule
{
    // HAProxy 2.6 words its consents so; anything else is a reason against.
    private static readonly string[] Consents = ["New server registered.", "Server deleted.", "IP changed from ", "no need to change the addr", "port changed from "];

    /// <summary>
    /// An empty line ends each answer, and none holds one. That is so of what <c>show</c> commands answer; a refusal may have one line
    /// end alone, so a command that may be refused is asked alone.
    /// </summary>
    public static RuntimeAnswer Split(string text, int commands)
    {
        string[] answers = commands == 1 ? [text.TrimEnd('\n')] : [.. text.Split("\n\n").SkipLast(1).Select(answer => answer.Trim('\n'))];
        return text.EndsWith('\n') && answers.Length == commands
            ? new RuntimeAnswer.Said(answers)
            : new RuntimeAnswer.Failed($"{answers.Length} of {commands} commands were answered");
    }

    public static bool IsConsent(string answer) => answer.Length == 0 || Consents.Any(consent => answer.StartsWith(consent, StringComparison.Ordinal));
}
