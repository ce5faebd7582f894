using System.Security.Cryptography;
using System.Text;

namespace TeeProxy.Status;

/// <summary>
/// What <c>Authorization: Bearer</c> must carry on the admin port (RFC 6750): the shared secret, or, where none was
/// given, a token that the first start leaves in the data folder for the operator to read. Never logged.
/// </summary>
internal sealed class AdminToken
{
    public const string FileName = "admin-token";

    private const string Scheme = "Bearer ";

    // Digests have one length, so that comparing them does not tell that of the token.
    private readonly byte[] _digest;

    private AdminToken(ReadOnlySpan<byte> token) => _digest = SHA256.HashData(token);

    /// <summary>
    /// <paramref name="secret"/> unless it is empty, else the content of <c>admin-token</c> in <paramref name="folder"/>,
    /// which is made (mode 0600) when it is not there. The folder must exist and be this process's own.
    /// </summary>
    /// <exception cref="InvalidDataException">The file holds no token.</exception>
    public static AdminToken LoadOrCreate(string folder, ReadOnlyMemory<byte> secret)
    {
        if (!secret.IsEmpty)
        {
            return new AdminToken(secret.Span);
        }

        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Create(path);
        }

        var token = File.ReadAllText(path).Trim();
        return token.Length > 0
            ? new AdminToken(Encoding.UTF8.GetBytes(token))
            : throw new InvalidDataException($"{path} is empty. Remove it, and the next start makes a new token; or give --secret-file.");
    }

    /// <summary>Whether the header is the right one; takes the same time however much of it is right.</summary>
    public bool Matches(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()));
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }

    // Renamed into place, so that a crash leaves no empty token.
    private static void Create(string path)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, create))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n"));
        }

        File.Move(draft, path);
    }
}
