namespace TeeChain.Fleet.Options;

/// <summary><c>--secret-file</c>, by the same rules as teeproxy's.</summary>
internal static class SecretFlag
{
    public const string Help = "The secret that the nodes share. Needed for whatever is not on this machine.";

    private const int LeastBytes = 16; // 128 bits, when it was made at random
    private const int MostBytes = 4096; // a wrong file, rather than a secret

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <returns>Without the line end that editors add; empty where no file is given, or, with the reason in <paramref name="wrong"/>, cannot be used.</returns>
    public static ReadOnlyMemory<byte> Read(string? path, out string? wrong)
    {
        wrong = null;
        if (path is null)
        {
            return default;
        }

        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                wrong = $"--secret-file {path} is open to other users: chmod 600 {path}";
                return default;
            }

            var secret = new FileInfo(path).Length > MostBytes ? default : File.ReadAllBytes(path).AsMemory().TrimEnd("\r\n"u8);
            wrong = secret.Length < LeastBytes ? $"--secret-file {path} should hold {LeastBytes} to {MostBytes} bytes; make one with: head -c 32 /dev/urandom | base64" : null;
            return wrong is null ? secret : default;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            wrong = $"--secret-file {path} cannot be read: {cause.Message}";
            return default;
        }
    }
}
