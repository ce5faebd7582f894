using Microsoft.Extensions.Logging.Abstractions;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Tests.Delivery;

/// <summary>A comparison that nobody reads the log of.</summary>
internal static class TestComparison
{
    public static Comparison Of(CursorNotes notes, CompareMode mode = CompareMode.Status, AnswerMask? mask = null) =>
        new(Guid.NewGuid(), notes, _ => ("POST", "/"), mode, mask ?? AnswerMask.None, TimeProvider.System, NullLogger<Comparison>.Instance);
}
