namespace TeeProxy.Delivery.Comparing;

/// <summary>What of its application's answers a node compares with the head's.</summary>
internal enum CompareMode
{
    Status,

    /// <summary>The status, and a digest of some headers and the body.</summary>
    Body,

    /// <summary>Nothing; outcomes are recorded all the same, since retries are judged by them.</summary>
    Off,
}
