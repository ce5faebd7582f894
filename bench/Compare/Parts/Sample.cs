namespace Compare.Parts;

/// <summary>One contestant in one round, saturated.</summary>
/// <param name="CpuPer10k">CPU-seconds of all proxies, user and system, per 10,000 answered writes, until the last node had them.</param>
/// <param name="PeakBytes">Resident memory of the largest proxy.</param>
/// <param name="Behind">How many writes the slowest application was behind the fastest when the load ended.</param>
/// <param name="Verdicts">A node each.</param>
internal sealed record Sample(
    string Contestant,
    int Nodes,
    double PostsPerSecond,
    TimeSpan P50,
    TimeSpan P99,
    double CpuPer10k,
    long PeakBytes,
    int Behind,
    int Failed,
    IReadOnlyList<Verdict> Verdicts);
