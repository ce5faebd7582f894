namespace TeeChain.Protocol.Tls;

/// <summary>Where a node's certificate is, in PEM.</summary>
/// <param name="Certificate">The node's own first, then those between it and the authority.</param>
/// <param name="Key">Its private key, without a passphrase.</param>
/// <param name="Authorities">Who vouches for the other nodes; null: whom the machine trusts, and nodes show each other no certificate.</param>
public sealed record TlsFiles(string Certificate, string Key, string? Authorities)
{
    private const int MostBytes = 1 << 20; // a wrong file, rather than a certificate

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What the files hold now; null, and why, where one of them cannot be read.</summary>
    public TlsTexts? Read(out TlsFault? fault)
    {
        var certificate = Read(TlsFault.CertificateFlag, Certificate, out fault);
        var key = fault is null ? Read(TlsFault.KeyFlag, Key, out fault, isSecret: true) : "";
        var authorities = fault is null && Authorities is not null ? Read(TlsFault.AuthoritiesFlag, Authorities, out fault) : null;
        return fault is null ? new TlsTexts(certificate, key, authorities) : null;
    }

    private static string Read(string flag, string path, out TlsFault? fault, bool isSecret = false)
    {
        try
        {
            // Behind its links. A pipe has no length, and could be waited for in vain.
            var file = new FileInfo(path);
            var length = ((FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file).Length;
            fault = length is 0 or > MostBytes ? new TlsFault(flag, path, $"holds {length} bytes", "allowed: a file in PEM, at most 1 MiB")
                : isSecret && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0 ? new TlsFault(flag, path, "is open to other users", $"chmod 600 {path}")
                : null;
            return fault is null ? File.ReadAllText(path) : "";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = new TlsFault(flag, path, "cannot be read", cause.Message.TrimEnd('.'));
            return "";
        }
    }
}

/// <summary>What <see cref="TlsFiles"/> hold. Equal texts are the same certificate.</summary>
public sealed record TlsTexts(string Certificate, string Key, string? Authorities)
{
    /// <summary>The key is in no log.</summary>
    public override string ToString() => nameof(TlsTexts);
}
