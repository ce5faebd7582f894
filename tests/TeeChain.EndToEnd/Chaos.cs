using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>The load in the middle of which things are broken.</summary>
internal static class Chaos
{
    /// <summary>At least so many writes.</summary>
    public const int Writes = 5000;

    /// <summary>So many are acknowledged between one breakage and the next.</summary>
    public const int Between = 500;

    private const int Connections = 64;

    /// <summary>Paced, so that what is broken has a chance to catch up while it goes on, and two tests share two cores.</summary>
    public static Load Load(Fleet fleet) => new(fleet.Address, Connections) { Pause = TimeSpan.FromMilliseconds(100) };
}
