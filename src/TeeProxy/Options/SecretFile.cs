namespace TeeProxy.Options;

/// <summary>Reads the secret that the nodes share.</summary>
internal static class SecretFile
{
    private const int LeastBytes = 16; // 128 bits, when it was made at random
    private const int MostBytes = 4096; // a wrong file, rather than a secret

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <returns>Without the line end that editors add; empty when <paramref name="path"/> is null or something is wrong.</returns>
    public static ReadOnlyMemory<byte> Read(string? path, ValueChecks values)
    {
        if (path is null)
        {
            return default;
        }

        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                values.Refuse("secret-file", path, "is open to other users", $"chmod 600 {path}");
                return default;
            }

            var length = new FileInfo(path).Length;
            ReadOnlyMemory<byte> secret = length > MostBytes ? default : File.ReadAllBytes(path).AsMemory().TrimEnd("\r\n"u8);
            if (length > MostBytes || secret.Length < LeastBytes)
            {
                values.Refuse(
                    "secret-file", path, $"holds {(length > MostBytes ? length : secret.Length)} bytes",
                    $"allowed: {LeastBytes} to {MostBytes}; make one with: head -c 32 /dev/urandom | base64");
                return default;
            }

            return secret;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            values.Refuse("secret-file", path, "cannot be read", cause.Message.TrimEnd('.'));
            return default;
        }
    }
}
