using System.Runtime.InteropServices;

namespace TeeChain.Protocol.Tls;

/// <summary>
/// SIGHUP for programs that run as services: it asks for a reload, and never ends them. The certificates are read again at once; who has
/// none has nothing to reload, and goes on.
/// </summary>
public static class HangUp
{
    /// <param name="credentials">Null: without TLS.</param>
    /// <returns>Holds until it is disposed of. A SIGHUP that was ignored from the start (<c>nohup</c>) stays so.</returns>
    public static PosixSignalRegistration Take(CredentialsWatch? credentials) => PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        credentials?.Ask();
    });
}
