using TeeProxy.Acks;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Delivery;

/// <summary>How one attempt to deliver a write ended.</summary>
internal abstract record DeliveryResult
{
    private DeliveryResult()
    {
    }

    /// <summary>The application answered: the write is delivered.</summary>
    internal abstract record Answered(int Status) : DeliveryResult
    {
        /// <summary>Where bodies are compared and the whole answer was read; else null.</summary>
        public KeptAnswer? Kept { get; init; }
    }

    /// <summary>It answered completely.</summary>
    internal sealed record Delivered(Answer Answer) : Answered(Answer.Status);

    /// <summary>It answered, but this node's disk has no room to hold the long answer for the client.</summary>
    internal sealed record Unheld(int Status, string Why) : Answered(Status);

    /// <summary>No byte was sent: a repeat is no redelivery.</summary>
    internal sealed record Unsent(string Why) : DeliveryResult;

    /// <summary>Something was sent and no complete answer came: the application may have applied it.</summary>
    internal sealed record Lost(string Why, bool IsTimeout) : DeliveryResult;

    /// <summary>A replica's application kept failing where the head's did not: the write is set aside, and no longer repeated.</summary>
    internal sealed record Parked(int Status, int HeadStatus) : DeliveryResult;

    /// <summary>A replica's application failed where the head's did not.</summary>
    internal sealed record Unwelcome(int Status, int HeadStatus) : DeliveryResult;
}
