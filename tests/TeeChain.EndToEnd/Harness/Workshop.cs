using System.Security.Cryptography;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// Where a test puts together by hand what <see cref="Fleet"/> would start at once: parts that are wired wrongly, start
/// late or are no sample application. They share a secret; what is made here ends with it. Belongs to one test.
/// </summary>
internal sealed class Workshop : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private int _apps;
    private int _nodes;

    public Workshop()
    {
        SecretFile = Secret("secret");
    }

    public Ports Ports { get; } = Ports.Reserve();

    public string SecretFile { get; }

    /// <summary>A path in the test's folder.</summary>
    public string Path(string name) => _folder.File(name);

    /// <summary>A file with a secret of its own.</summary>
    public string Secret(string name)
    {
        var file = Path(name);
        File.WriteAllText(file, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <summary>Not started yet.</summary>
    public SampleApp App() => Keep(new SampleApp($"app{++_apps}", Ports.Next(), _folder.Path));

    /// <summary>Not started yet.</summary>
    /// <param name="local">The application's port.</param>
    /// <param name="next">The next node's listen port.</param>
    public TeeProxyNode Node(int local, int? next = null)
    {
        var name = $"node{++_nodes}";
        return Keep(new TeeProxyNode(
            name,
            new NodeFlags { Listen = Ports.Next(), Admin = Ports.Next(), Local = local, Next = next, Data = Path($"{name}.journal"), SecretFile = SecretFile },
            _folder.Path));
    }

    /// <summary>Any other program, started.</summary>
    public RealProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Keep(RealProcess.Start(program, arguments, Path($"{name}.log"), _folder.Path, environment));

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and all it said on both outputs.</returns>
    public async Task<(int Code, string Output)> RunAsync(string name, string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var process = Start(name, program, arguments);
        return (await process.WaitExitAsync(cancellation), process.Log);
    }

    /// <summary>Ends with the workshop, before what was kept earlier.</summary>
    public T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts.AsEnumerable().Reverse())
        {
            await part.DisposeAsync();
        }

        _folder.Dispose();
    }
}
