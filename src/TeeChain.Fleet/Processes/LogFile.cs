using System.Text;

namespace TeeChain.Fleet.Processes;

/// <summary>A file to which a process appends what it prints.</summary>
internal static class LogFile
{
    /// <summary>Then what is there moves to <c>FILE.1</c>: at most twice this is kept of each process.</summary>
    public const long MostBytes = 16 << 20;

    private const int LastBytes = 2048;

    private const int LastLines = 3;

    /// <summary>The last lines, in one; empty where there is nothing to say.</summary>
    public static string LastWords(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(LastBytes, file.Length), SeekOrigin.End);
            var tail = new byte[LastBytes];
            var read = file.ReadAtLeast(tail, LastBytes, throwOnEndOfStream: false);
            var lines = Encoding.UTF8.GetString(tail, 0, read).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(LastLines);
            var words = string.Concat(string.Join(" | ", lines).Where(letter => !char.IsControl(letter)));
            return words.Length == 0 ? $"{path} is empty" : $"{path} ends: {words}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"its log cannot be read: {e.Message}";
        }
    }

    /// <summary>Keeps a log bounded while its process goes on appending: a line that is written between copy and cut is lost.</summary>
    /// <exception cref="IOException">The disk is full, for instance; then nothing is cut.</exception>
    public static void Trim(string path, long mostBytes)
    {
        if (new FileInfo(path) is not { Exists: true } now || now.Length <= mostBytes)
        {
            return;
        }

        File.Copy(path, path + ".1", overwrite: true);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }
}
