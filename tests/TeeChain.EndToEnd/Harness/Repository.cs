namespace TeeChain.EndToEnd.Harness;

/// <summary>Where the programs and files under test are: in the repository that these tests were built from, in the same configuration.</summary>
internal static class Repository
{
    /// <summary>The trait of tests that <c>misc-commands.sh test</c> leaves to <c>test --all</c>: CI has ten minutes.</summary>
    public const string When = "When";

    public const string OnlyInAll = "OnlyInAll";

    /// <summary>The variable that names <see cref="Programs"/>, for <c>misc-commands.sh</c> too.</summary>
    public const string ProgramsVariable = "TEECHAIN_PROGRAMS";

    /// <summary>Whether there is time for what is slow, and for full sizes.</summary>
    public static bool IsAll { get; } = Environment.GetEnvironmentVariable("TEECHAIN_TEST_ALL") is "1";

    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c> or <c>Release</c>: the folder above the target framework's, tests/…/bin/Release/net10.0.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name;

    /// <summary>Programs to test instead of the build's, compiled ahead of time; null where none are named.</summary>
    public static string? Programs { get; } = Environment.GetEnvironmentVariable(ProgramsVariable) is { Length: > 0 } folder ? folder : null;

    public static string TeeProxy { get; } = Program("TeeProxy", "teeproxy");

    public static string SampleApp { get; } = Program("SampleApp", "sample-app");

    public static string TeeChain { get; } = Program("TeeChain.Fleet", "teechain");

    public static string LoadTest { get; } = Path.Combine(Root, "loadtest", "bin", Configuration, "net10.0", "loadtest");

    public static string FrontConfiguration { get; } = Path.Combine(Root, "haproxy.cfg");

    public static string Script { get; } = Path.Combine(Root, "misc-commands.sh");

    public static string Example(string name) => Path.Combine(Root, "examples", name);

    private static string Program(string project, string name) => Programs is { } folder
        ? Path.Combine(folder, name, name)
        : Path.Combine(Root, "src", project, "bin", Configuration, "net10.0", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TeeChain.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no TeeChain.sln above {AppContext.BaseDirectory}: the tests run from a build of the repository.");
    }
}
