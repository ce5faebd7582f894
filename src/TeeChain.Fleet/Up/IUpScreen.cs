namespace TeeChain.Fleet.Up;

/// <summary>Where <c>up</c> shows what it does: a terminal or something else. Thread-safe.</summary>
internal interface IUpScreen
{
    /// <summary>Something happened.</summary>
    void Tell(string line);

    /// <summary>How the workers are now.</summary>
    void Show(IReadOnlyList<WorkerRow> workers, string title);

    /// <summary>Draws until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);
}
