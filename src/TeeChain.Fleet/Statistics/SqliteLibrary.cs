namespace TeeChain.Fleet.Statistics;

/// <summary>SQLite's native library. It is a file of its own beside the program, so it may be missing where the program was copied alone.</summary>
internal static class SqliteLibrary
{
    /// <summary>Loads it, where it is not loaded yet.</summary>
    /// <returns>False where it is not there, or is none for this machine.</returns>
    public static bool TryLoad()
    {
        try
        {
            SQLitePCL.Batteries_V2.Init();
            return true;
        }
        catch (Exception e) when ((e is TypeInitializationException ? e.InnerException : e) is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return false;
        }
    }
}
