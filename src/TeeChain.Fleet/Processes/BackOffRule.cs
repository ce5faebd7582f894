namespace TeeChain.Fleet.Processes;

/// <summary>How long to wait before a process that died is started again. Pure.</summary>
internal static class BackOffRule
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);

    /// <summary>A fault that lasts is tried again so often: soon enough once it is mended, rarely enough to cost nothing.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    /// <summary>Whoever ran for so long started well: its next death counts as the first.</summary>
    public static readonly TimeSpan WellStarted = TimeSpan.FromSeconds(30);

    /// <summary>How many deaths in a row, this one included.</summary>
    public static int Deaths(int before, TimeSpan ran) => ran >= WellStarted ? 1 : before + 1;

    /// <summary>Twice as long after each death, up to <see cref="Most"/>, less up to a quarter so that many do not start at once.</summary>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Delay(int deaths, double chance)
    {
        var doubled = First * Math.Pow(2, Math.Clamp(deaths - 1, 0, 20));
        return (doubled < Most ? doubled : Most) * (1 - (chance / 4));
    }
}
