using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SampleApp.Users;

/// <summary>
/// A salted password hash (PBKDF2, RFC 8018). A DEMONSTRATION: <see cref="Iterations"/> is far too low to protect
/// a real password, and a salt that can be recomputed protects less than a random one.
/// </summary>
internal sealed record PasswordHash(byte[] Salt, byte[] Hash)
{
    public const int SaltBytes = 16;
    public const int HashBytes = 32;

    // A real application takes hundreds of thousands; here the hash must not outweigh the proxy that is being measured.
    private const int Iterations = 100;

    /// <summary>
    /// With a sequence, the salt is HMAC-SHA-256(key: user, sequence in decimal), cut to 16 bytes, so that every replica
    /// stores the same hash for the same write. Without one, it is random.
    /// </summary>
    public static PasswordHash Of(string user, string password, long? sequence)
    {
        var salt = sequence is { } s
            ? HMACSHA256.HashData(Encoding.UTF8.GetBytes(user), Encoding.ASCII.GetBytes(s.ToString(CultureInfo.InvariantCulture)))[..SaltBytes]
            : RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(salt, Derive(password, salt));
    }

    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, Salt), Hash);

    private static byte[] Derive(string password, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
}
