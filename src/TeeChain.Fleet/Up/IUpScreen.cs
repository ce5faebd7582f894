using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Up;

/// <summary>Where <c>up</c> shows what it does: a terminal or something else. Thread-safe.</summary>
internal interface IUpScreen
{
    /// <summary>Something happened.</summary>
    void Tell(string line);

    /// <summary>How the fleet is now.</summary>
    void Show(StatusReport report, string title);

    /// <summary>Draws until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);
}
