using System.Diagnostics;

namespace TeeChain.Fleet.Processes;

/// <summary>
/// A small process that ends what this run started once this process is gone, however it went: PR_SET_PDEATHSIG is lost by whoever
/// changes its user, as HAProxy does. It reads a pipe that ends with us. What the next run in the same folder has started by then is
/// not its affair. Where there is no /proc it does nothing.
/// </summary>
internal sealed class Watchman : IDisposable
{
    /// <summary>In the environment of every process that a <see cref="Launcher"/> starts; its value is <see cref="Launcher.Run"/>.</summary>
    internal const string Variable = "TEECHAIN_UP_RUN";

    // $0 is the mark. A last scan kills whoever has not ended within ten seconds.
    internal const string Script = """
        exec 2>/dev/null
        each() {
          for folder in /proc/[0-9]*; do
            if tr '\0' '\n' <"$folder/environ" | grep -qxF "$0"; then kill "$1" "${folder#/proc/}"; fi
          done
        }
        read -r _ && exit
        each -TERM
        sleep 10
        each -KILL
        """;

    private readonly Process _process;

    private Watchman(Process process)
    {
        _process = process;
    }

    /// <param name="run">Of the launcher.</param>
    public static Watchman Start(string run)
    {
        // A session of its own, where that can be had: Ctrl-C is not for it.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var word in (string[])["-c", "if command -v setsid >/dev/null; then exec setsid sh -c \"$1\" \"$0\"; else exec sh -c \"$1\" \"$0\"; fi >/dev/null 2>&1", $"{Variable}={run}", Script])
        {
            start.ArgumentList.Add(word);
        }

        return new Watchman(Process.Start(start)!);
    }

    /// <summary>Everything has ended in order: it has nothing to do.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        _process.Dispose();
    }
}
