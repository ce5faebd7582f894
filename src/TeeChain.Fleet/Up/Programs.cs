namespace TeeChain.Fleet.Up;

/// <summary>
/// Where the fleet's programs are: named by the environment (TEECHAIN_TEEPROXY, TEECHAIN_SAMPLE_APP), next to this one or in a
/// folder next to its own, in the repository's build output, in artifacts/publish, on PATH; the first that is there.
/// </summary>
/// <param name="own">The folder of this program.</param>
/// <param name="environment">Reads a variable.</param>
internal sealed class Programs(string own, Func<string, string?> environment)
{
    /// <exception cref="FileNotFoundException">It is nowhere; the message says where was looked.</exception>
    public string Teeproxy() => Find("teeproxy", "TeeProxy", "TEECHAIN_TEEPROXY");

    /// <inheritdoc cref="Teeproxy"/>
    public string SampleApp() => Find("sample-app", "SampleApp", "TEECHAIN_SAMPLE_APP");

    /// <summary>This program, to be run with other arguments.</summary>
    public static IReadOnlyList<string> Self() =>
        Environment.ProcessPath is { } process && Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? [process, Path.Combine(AppContext.BaseDirectory, "teechain.dll")]
            : [Environment.ProcessPath ?? "teechain"];

    /// <summary>A program as a command line names it: by path, or on PATH. Null when it is not there.</summary>
    public string? OnPath(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? (File.Exists(name) ? name : null)
        : (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private string Find(string name, string project, string variable)
    {
        if (environment(variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{variable} is {named}, which is not there.");
        }

        string[] looked = [Path.Combine(own, name), Path.GetFullPath(Path.Combine(own, "..", name, name)), .. InRepository(name, project)];
        return looked.FirstOrDefault(File.Exists) ?? OnPath(name)
            ?? throw new FileNotFoundException($"{name} is not there: neither {string.Join(" nor ", looked)} nor on PATH. Build it, or name it in {variable}.");
    }

    private IEnumerable<string> InRepository(string name, string project)
    {
        for (var folder = own; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TeeChain.sln")))
            {
                var mine = own.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
                return ((string[])[mine, mine == "Debug" ? "Release" : "Debug"])
                    .Select(configuration => Path.Combine(folder, "src", project, "bin", configuration, "net10.0", name))
                    .Append(Path.Combine(folder, "artifacts", "publish", name));
            }
        }

        return [];
    }
}
