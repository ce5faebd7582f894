using SampleApp.Users;

namespace SampleApp.Applied;

/// <summary>One write that reached the users: applied (also when refused with 404 or 409), or discarded as a repeat.</summary>
internal readonly record struct Arrival(
    ChangeKind Kind, string User, Delivery? Delivery, bool IsRedelivery, bool IsDiscarded, Outcome Outcome);

/// <summary>All arrivals ever, also those that the log no longer keeps.</summary>
internal readonly record struct ArrivalCounts(long Applied, long Discarded);
