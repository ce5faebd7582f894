using TeeChain.Protocol.Tls;

namespace TeeProxy.Tls;

/// <summary>What becomes of a node's certificate, in its log.</summary>
internal sealed partial class CredentialsLog(ILogger<CredentialsLog> log)
{
    public void Replaced(Credentials by) => LogReplaced(by.Files.Certificate, by.Expires);

    [LoggerMessage(LogLevel.Warning, "TLS: {Problem}.", EventName = "certificate_problem")]
    public partial void Problem(string problem);

    [LoggerMessage(LogLevel.Information, "The certificate was replaced by what {File} holds now; it expires at {Expires:u}.", EventName = "certificate_replaced")]
    private partial void LogReplaced(string file, DateTimeOffset expires);
}
