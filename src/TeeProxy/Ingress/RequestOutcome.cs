namespace TeeProxy.Ingress;

/// <summary>The values of the label <c>outcome</c>: how a request ended, seen from the door.</summary>
internal static class RequestOutcome
{
    /// <summary>A write, with its application's own answer.</summary>
    public const string Answered = "answered";

    /// <summary>A write, recorded or perhaps recorded, whose answer did not come in time.</summary>
    public const string Undetermined = "undetermined";

    /// <summary>Nothing was recorded: refused at the door, or by the journal.</summary>
    public const string Refused = "refused";

    /// <summary>The disk failed while it was being recorded.</summary>
    public const string Ambiguous = "ambiguous";

    /// <summary>Its client went away before it was recorded.</summary>
    public const string Aborted = "aborted";

    /// <summary>Not a write, passed to the local application.</summary>
    public const string Passed = "passed";

    /// <summary>Not a write, and the local application did not answer it.</summary>
    public const string PassFailed = "pass_failed";

    /// <summary>A defect of the node's.</summary>
    public const string Failed = "failed";
}
