using System.Text;
using BenchmarkDotNet.Attributes;
using TeeProxy.Delivery.Keys;
using TeeProxy.Requests;

namespace TeeChain.Micro;

/// <summary>Finding the key of a write, by what <c>--key</c> may name.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Key")]
public class KeyBenchmarks
{
    private static readonly RecordedHead Json = new((SamplePost.Head with
    {
        Headers = [.. SamplePost.Head.Headers.Select(static header => header.Key == "Content-Type" ? new("Content-Type", "application/json") : header)],
    }).Encode());

    private static readonly byte[] JsonBody = Encoding.ASCII.GetBytes("{\"user\":\"ada@example.org\",\"password\":\"" + new string('x', 160) + "\"}");

    private readonly IKeySource _form = KeySpec.TryParse("form:user")!.Source;
    private readonly IKeySource _json = KeySpec.TryParse("json:/user")!.Source;
    private readonly IKeySource _header = KeySpec.TryParse("header:Cookie")!.Source;
    private readonly IKeySource _query = KeySpec.TryParse("query:from")!.Source;
    private readonly IKeySource _path = KeySpec.TryParse("path")!.Source;

    [Benchmark]
    public string? Form() => _form.Of(SamplePost.Recorded, SamplePost.Body);

    [Benchmark]
    public string? JsonPointer() => _json.Of(Json, JsonBody);

    [Benchmark]
    public string? Header() => _header.Of(SamplePost.Recorded, []);

    [Benchmark]
    public string? Query() => _query.Of(SamplePost.Recorded, []);

    [Benchmark]
    public string? PathOf() => _path.Of(SamplePost.Recorded, []);
}
