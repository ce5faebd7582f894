namespace TeeChain.Fleet.Config;

/// <summary>Which program is the front door.</summary>
internal enum FrontKind
{
    /// <summary>HAProxy where it is installed, the gateway where not.</summary>
    Auto,
    Haproxy,
    Gateway,
}

/// <summary>What a fleet file says, checked. Immutable. Relative paths are taken from the working directory.</summary>
internal sealed record FleetFile
{
    /// <summary>How many workers the fleet begins with; <c>scale</c> changes it from then on.</summary>
    public int Workers { get; init; } = 3;

    /// <summary>Of the first workers; the rest are numbered.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public int Balancers { get; init; } = 1;

    /// <summary>Of the first front door; the others count up from it. The same holds for the other ports.</summary>
    public int BalancerPort { get; init; } = 9080;

    /// <summary>Where the front doors listen: the one place of the fleet that others are to reach.</summary>
    public string BalancerAddress { get; init; } = "0.0.0.0";

    /// <summary>Of the first application.</summary>
    public int WorkerPort { get; init; } = 4567;

    /// <summary>Where the first teeproxy listens.</summary>
    public int TeePort { get; init; } = 9000;

    /// <summary>Of the first teeproxy's admin port; null: <see cref="TeePort"/> + 500, teeproxy's own default.</summary>
    public int? AdminPort { get; init; }

    /// <summary>The registry's own, on loopback.</summary>
    public int RegistryPort { get; init; } = 9400;

    /// <summary>Of the first HAProxy's stats page.</summary>
    public int StatsPort { get; init; } = 1936;

    /// <summary>Where the stats pages listen.</summary>
    public string StatsAddress { get; init; } = "127.0.0.1";

    public string StatsUser { get; init; } = "teechain";

    /// <summary>Of the stats pages; null: the documented one where that is allowed, else one that is made in <see cref="Data"/>.</summary>
    public string? StatsPassword { get; init; }

    public FrontKind Front { get; init; }

    public string Strategy { get; init; } = "round-robin";

    /// <summary>Of the sample application.</summary>
    public TimeSpan AverageDelay { get; init; }

    /// <summary>Of the sample application, in percent.</summary>
    public double FailureRate { get; init; }

    /// <summary>How often a front door asks a worker whether it is ready: a worker that dies is out of the turns within two.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(5);

    public string Ack { get; init; } = "local";

    public string Order { get; init; } = "total";

    public string? Key { get; init; }

    /// <summary>The statistics' database; null: <c>worker-stats.db</c> in <see cref="Data"/>.</summary>
    public string? StatsDb { get; init; }

    /// <summary>The application's command line; null: the sample application.</summary>
    public CommandTemplate? App { get; init; }

    /// <summary>Whether <c>/workers</c>, <c>/register-worker</c> and <c>/worker/stats</c> are on the front port too.</summary>
    public bool RegistryPaths { get; init; }

    /// <summary>The folder of journals, logs, registry and secret.</summary>
    public string Data { get; init; } = "data";

    /// <summary>The secret that all nodes share; null: made in <see cref="Data"/>.</summary>
    public string? SecretFile { get; init; }

    /// <summary>Copies an application's state into a new worker's application; null: the sample application's file is copied, another application cannot be seeded.</summary>
    public CommandTemplate? SeedCommand { get; init; }

    /// <summary>How long it may take: clients' writes are refused meanwhile.</summary>
    public TimeSpan SeedTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public Autoscale? Autoscale { get; init; }
}

/// <summary>The number of workers follows the rate of GETs.</summary>
internal sealed record Autoscale
{
    public int Min { get; init; } = 1;

    public int Max { get; init; } = 9;

    /// <summary>GETs a second that one worker is to serve.</summary>
    public int RequestsPerWorker { get; init; } = 300;

    /// <summary>After a change nothing is changed for so long.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(30);
}
