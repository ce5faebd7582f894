using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using TeeProxy.Ingress;
using TeeProxy.Requests;

namespace TeeChain.Micro;

/// <summary>A client's head on its way: made into the one that is recorded, written, read again.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Head")]
public class RequestHeadBenchmarks
{
    private readonly ForwardedHead _forwarded = new(new Pseudonym(new Guid("0f4d2a3c-4b5e-4f70-8192-a3b4c5d6e7f8")));
    private readonly DefaultHttpContext _context = new();
    private readonly byte[] _encoded = SamplePost.Head.Encode();

    [GlobalSetup]
    public void Setup()
    {
        _context.Request.Method = "POST";
        _context.Request.Protocol = "HTTP/1.1";
        _context.Request.Scheme = "http";
        _context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.17");
        foreach (var (name, value) in SamplePost.ClientHeaders)
        {
            _context.Request.Headers.Append(name, value);
        }
    }

    /// <summary>Without hop-by-hop headers, with <c>Via</c> and <c>X-Forwarded-*</c>. The headers are not Kestrel's own here.</summary>
    [Benchmark]
    public object Forward() => _forwarded.Of(_context, SamplePost.Target);

    [Benchmark]
    public byte[] Encode() => SamplePost.Head.Encode();

    [Benchmark]
    public object Decode() => RequestHead.Decode(_encoded);
}
