namespace TeeChain.Fleet.Config;

/// <summary>Which ports a file takes, and how many workers fit before two of its runs meet. Pure.</summary>
internal static class FilePorts
{
    /// <summary>The key that moves them, the first, and how many.</summary>
    internal sealed record Run(string Key, int First, int Count)
    {
        public int Last => First + Count - 1;

        public bool Meets(Run other) => First <= other.Last && other.First <= Last;
    }

    public static IReadOnlyList<Run> Of(FleetFile file, int workers) =>
    [
        new("balancer-port", file.BalancerPort, file.Balancers),
        new("worker-port", file.WorkerPort, workers),
        new("tee-port", file.TeePort, workers),
        new("admin-port", AdminPort(file), workers),
        new("registry-port", file.RegistryPort, 1),
        new("stats-port", file.StatsPort, file.Balancers),
    ];

    public static int AdminPort(FleetFile file) => file.AdminPort ?? file.TeePort + 500;

    /// <summary>How many workers can be had by <c>scale</c>; 0 when not even one.</summary>
    public static int MostWorkers(FleetFile file)
    {
        var most = FleetKeys.MostWorkers;
        while (most > 0 && Clash(file, most) is not null)
        {
            most--;
        }

        return most;
    }

    /// <summary>The key of a run and what is wrong with it; null when all fit.</summary>
    public static (string Key, string Why)? Clash(FleetFile file, int workers)
    {
        var runs = Of(file, workers);
        foreach (var run in runs)
        {
            if (run.Last > 65535)
            {
                return (run.Key, $"{run.Key} begins at {run.First}, and {run.Count} ports do not fit below 65535");
            }

            if (runs.FirstOrDefault(other => other != run && other.Meets(run)) is { } met)
            {
                return (run.Key, $"{run.Key} takes {run.First} to {run.Last}, and {met.Key} takes {met.First} to {met.Last}");
            }
        }

        return null;
    }
}
