using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SampleApp.Users;

/// <summary>
/// SHA-256 over all users in ordinal order of their names: equal digests mean equal state.
/// <code>
/// user = name length in bytes (int32) | name (UTF-8) | version (int64) | salt (16) | hash (32)      big-endian
/// </code>
/// </summary>
internal static class StateDigest
{
    /// <summary>Lower-case hexadecimal. Sorts <paramref name="users"/> in place.</summary>
    public static string Of(User[] users)
    {
        Array.Sort(users, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var user in users)
        {
            var name = Encoding.UTF8.GetBytes(user.Name);
            BinaryPrimitives.WriteInt32BigEndian(number, name.Length);
            sha.AppendData(number[..sizeof(int)]);
            sha.AppendData(name);
            BinaryPrimitives.WriteInt64BigEndian(number, user.Version);
            sha.AppendData(number);
            sha.AppendData(user.Password.Salt);
            sha.AppendData(user.Password.Hash);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
