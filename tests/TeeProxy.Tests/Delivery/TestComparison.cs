using Microsoft.Extensions.Logging.Abstractions;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

/// <summary>A comparison that nobody reads the log of.</summary>
internal static class TestComparison
{
    public static Comparison Of(CursorNotes notes) =>
        new(Guid.NewGuid(), notes, _ => ("POST", "/"), TimeProvider.System, NullLogger<Comparison>.Instance);
}
