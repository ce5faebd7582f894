namespace TeeProxy.Chain;

/// <summary>When a hold stands, and whether it stood until its end. Pure.</summary>
internal static class HoldRule
{
    /// <summary>Read in this order while nothing new is admitted: what a later one counts no longer, an earlier one has counted.</summary>
    /// <param name="Entering">Writes that were admitted before and whose record nobody can see yet.</param>
    /// <param name="Applied">How far the head's application is.</param>
    /// <param name="OpenOutcomes">Answers of the head's application that are not committed.</param>
    /// <param name="Last">The head's last record.</param>
    /// <param name="NotEverywhere">Which node has not applied <paramref name="Last"/>; null when every one has.</param>
    internal sealed record Facts(int Entering, long Applied, int OpenOutcomes, long Last, string? NotEverywhere);

    /// <summary>What is still in flight; null when every application is at the head's last record and nothing can follow.</summary>
    public static string? WhyInFlight(Facts facts) =>
        facts.Entering > 0 ? $"{facts.Entering} write(s) are being recorded"
        : facts.Applied < facts.Last ? $"the head's application is at {facts.Applied} of {facts.Last}"
        : facts.OpenOutcomes > 0 ? $"{facts.OpenOutcomes} outcome(s) are not on disk"
        : facts.NotEverywhere;

    /// <summary>Why what was copied under a hold may be torn; null when it stood unbroken.</summary>
    /// <param name="left">Of its lease.</param>
    /// <param name="held">The last record when it was granted; null when it was not.</param>
    /// <param name="last">The last record now.</param>
    public static string? WhyBroken(TimeSpan left, long? held, long last) =>
        left <= TimeSpan.Zero ? "its lease was over"
        : held is null ? "it was not granted yet"
        : held != last ? $"the journal went on from {held} to {last}"
        : null;
}
