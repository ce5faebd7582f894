namespace TeeChain.Protocol.Tls;

/// <summary>What is wrong with one of the files of <see cref="TlsFiles"/>, as a refusal of its flag says it.</summary>
/// <param name="Flag">Without the two dashes.</param>
/// <param name="Advice">What is allowed, or what to do.</param>
public sealed record TlsFault(string Flag, string Path, string What, string Advice)
{
    public const string CertificateFlag = "tls-cert";
    public const string KeyFlag = "tls-key";
    public const string AuthoritiesFlag = "tls-ca";

    public override string ToString() => $"--{Flag}: \"{Path}\" {What}; {Advice}";
}
