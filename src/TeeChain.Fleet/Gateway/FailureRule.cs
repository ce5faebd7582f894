using Yarp.ReverseProxy.Forwarder;

namespace TeeChain.Fleet.Gateway;

/// <summary>What a client is told where no worker's answer can be. Pure.</summary>
internal static class FailureRule
{
    public static readonly GatewayProblem NoWriter = new(
        StatusCodes.Status503ServiceUnavailable, "No node takes writes",
        "The head of the chain cannot be reached or is not ready. Nothing was recorded; it is safe to retry.")
    { RetryAfterSeconds = 1 };

    public static readonly GatewayProblem NoReader = new(
        StatusCodes.Status503ServiceUnavailable, "No node takes reads",
        "No node is in step with the chain, or nearly so; it is safe to retry.")
    { RetryAfterSeconds = 1 };

    /// <param name="status">As YARP has set it: whose fault it was, and 504 when time ran out.</param>
    /// <param name="isUnsent">No byte of the request has left.</param>
    public static GatewayProblem Explain(ForwarderError error, int status, bool isWrite, bool isUnsent) =>
        isUnsent ? isWrite ? NoWriter : NoReader
        : error == ForwarderError.RequestBodyClient ? new(status, "The body could not be read", "The request's body broke off.")
        : isWrite ? new(status, "The outcome of the write is not known",
            "The head of the chain did not answer. The write may have been recorded, and may be applied; sent again, it may happen twice.")
        : new(status, "The node did not answer", "The connection broke, or nothing came in time; it is safe to retry where the method is.");
}
