namespace TeeChain.EndToEnd.Harness;

/// <summary>What a client knows of its write.</summary>
internal enum Fate
{
    /// <summary>Answered by the application with 2xx: it must be everywhere, once.</summary>
    Acknowledged,

    /// <summary>The connection broke after sending, or the answer says that it is not known: it may be everywhere or nowhere.</summary>
    Ambiguous,

    /// <summary>Nothing was recorded, the answer says, or nothing was sent: it must be nowhere.</summary>
    Refused,

    /// <summary>Answered by the application with something else: recorded, and everywhere.</summary>
    Declined,
}

/// <summary>A write as its client sees it. User and kind name it: no client sends the same kind twice for a user.</summary>
/// <param name="Kind"><c>register</c> or <c>changePassword</c>, as in the application's log.</param>
/// <param name="Detail">Status and text of what was not acknowledged.</param>
internal sealed record ClientWrite(string User, string Kind, Fate Fate, string Detail);
