namespace TeeChain.Fleet.Up;

/// <summary>A front door that runs until it is stopped: an HAProxy or a gateway.</summary>
internal interface IFrontDoor
{
    string Name { get; }

    /// <summary>What it is, for people.</summary>
    string Kind { get; }

    int Port { get; }

    int Restarts { get; }

    /// <summary>How many requests it has on their way to a worker; null when it cannot say.</summary>
    int? OnTheirWay(string worker);

    /// <summary>Runs what belongs to it beside its process; ends when cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);

    /// <summary>No new connections, those on their way are answered. Whether it ended by itself.</summary>
    Task<bool> StopAsync(CancellationToken patience);
}
