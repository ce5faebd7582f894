using Yarp.ReverseProxy.Forwarder;

namespace TeeChain.Fleet.Gateway;

/// <summary>What becomes of a request that a worker did not answer. Pure.</summary>
internal static class RetryRule
{
    /// <param name="IsWrite">Whether repeating it could happen twice to the chain.</param>
    /// <param name="IsSafe">GET, HEAD or OPTIONS.</param>
    /// <param name="MayHaveBody">Once it was begun to be sent, a body cannot be sent again.</param>
    /// <param name="IsAnswerBegun">Bytes of an answer are on their way to the client.</param>
    /// <param name="Searched">How long the request has been tried for.</param>
    internal readonly record struct Failure(
        ForwarderError Error, Exception? Cause, bool IsWrite, bool IsSafe, bool MayHaveBody, bool IsAnswerBegun, TimeSpan Searched);

    internal enum Verdict
    {
        /// <summary>What was answered, or the lack of it, stands.</summary>
        GiveUp,

        /// <summary>At once, at another worker.</summary>
        Elsewhere,

        /// <summary>At the head, once somebody may listen there again.</summary>
        Later,
    }

    public static Verdict Judge(in Failure failure) =>
        failure.IsAnswerBegun || failure.Error != ForwarderError.Request ? Verdict.GiveUp
        : IsUnsent(failure.Cause) ? failure.IsWrite ? failure.Searched < Timeouts.Search ? Verdict.Later : Verdict.GiveUp : Verdict.Elsewhere
        : failure.IsSafe && !failure.IsWrite && !failure.MayHaveBody && IsBroken(failure.Cause) ? Verdict.Elsewhere
        : Verdict.GiveUp;

    /// <summary>Whether no connection was made, so that no byte of the request has left.</summary>
    public static bool IsUnsent(Exception? cause) =>
        cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    /// <summary>Whether the connection broke before there was an answer: the worker's end, not its answer, is at fault.</summary>
    public static bool IsBroken(Exception? cause) =>
        IsUnsent(cause) || cause is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.Unknown, InnerException: IOException };
}
