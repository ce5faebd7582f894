using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace TeeChain.Fleet.Gateway;

/// <summary>
/// Stands in YARP's pipeline before the strategy, and sends each request on its way. Thread-safe.
/// <list type="number">
/// <item>The cluster is picked (<see cref="ClusterRule"/>): by method, and by who is ready.</item>
/// <item>YARP picks the worker, and forwards.</item>
/// <item>Where that failed, <see cref="RetryRule"/> says whether it is tried again; else the client is told.</item>
/// <item>What came of it is counted, once a request.</item>
/// </list>
/// </summary>
/// <param name="stopping">Ends tunnels: nobody would otherwise.</param>
internal sealed class Dispatcher(
    MethodRule methods, IProxyStateLookup clusters, ReadinessPolicy readiness, RequestCounts counts, TimeProvider time, CancellationToken stopping)
{
    /// <summary>As in haproxy.cfg: who takes four workers down with it is at fault itself.</summary>
    private const int MostRetries = 3;

    private static readonly ForwarderRequestConfig Tunnel = new()
    {
        ActivityTimeout = Timeouts.Tunnel,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task InvokeAsync(HttpContext context, RequestDelegate forward)
    {
        var started = time.GetTimestamp();
        var isWrite = methods.IsWrite(context.Request.Method);

        // 1.
        if (!Direct(context, isWrite, tried: null))
        {
            await (isWrite ? FailureRule.NoWriter : FailureRule.NoReader).WriteAsync(context);
            counts.Add(RequestCounts.Nobody, isSuccess: false, time.GetElapsedTime(started));
            return;
        }

        // 2.
        await SendAsync(context, forward);

        // 3.
        var isWhole = true;
        if (context.Features.Get<IForwarderErrorFeature>() is not null)
        {
            if (!await RecoverAsync(context, forward, isWrite, started))
            {
                return;
            }

            isWhole = !IsCutShort(context);
        }

        // 4. A tunnel is no request: what it lasts says nothing of the worker's speed.
        if (context.Response.StatusCode != StatusCodes.Status101SwitchingProtocols)
        {
            var worker = context.GetReverseProxyFeature().ProxiedDestination!.Model.Config.Metadata![ClusterRule.WorkerKey];
            counts.Add(worker, isWhole && context.Response.StatusCode < 500, time.GetElapsedTime(started));
        }
    }

    /// <summary>False when nobody is there for it.</summary>
    private bool Direct(HttpContext context, bool isWrite, List<string>? tried)
    {
        if (isWrite)
        {
            return DirectTo(context, ClusterRule.Writes, null) || DirectTo(context, ClusterRule.FirstWrite, null);
        }

        if (tried is null && context.GetReverseProxyFeature().AvailableDestinations.Count > 0)
        {
            return true; // the route's own cluster: reads
        }

        if (DirectTo(context, ClusterRule.Reads, tried))
        {
            return true;
        }

        if (!DirectTo(context, ClusterRule.StaleReads, tried))
        {
            return false;
        }

        context.Response.Headers[HeaderNames.Stale] = "1";
        return true;
    }

    private bool DirectTo(HttpContext context, string id, List<string>? tried)
    {
        if (!clusters.TryGetCluster(id, out var cluster))
        {
            return false;
        }

        var ready = cluster.DestinationsState.AvailableDestinations;
        if (tried is not null)
        {
            ready = [.. ready.Where(destination => !tried.Contains(destination.DestinationId))];
        }

        if (ready.Count == 0)
        {
            return false;
        }

        context.ReassignProxyRequest(cluster);
        context.GetReverseProxyFeature().AvailableDestinations = ready;
        return true;
    }

    private Task SendAsync(HttpContext context, RequestDelegate forward) =>
        IsTunnel(context.Request)
            ? OpenTunnelAsync(context, forward)
            : forward(context);

    // YARP upgrades to nothing else; over HTTP/2 it is CONNECT (RFC 8441).
    private static bool IsTunnel(HttpRequest request) =>
        (request.Headers.Upgrade.Count > 0 && request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)) || HttpMethods.IsConnect(request.Method);

    private async Task OpenTunnelAsync(HttpContext context, RequestDelegate forward)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // Who has upgraded may be silent.
        }

        if (context.GetReverseProxyFeature() is ReverseProxyFeature feature)
        {
            feature.Cluster = new ClusterModel(feature.Cluster.Config with { HttpRequest = Tunnel }, feature.Cluster.HttpClient);
        }

        using var cut = stopping.UnsafeRegister(static opened => ((HttpContext)opened!).Abort(), context);
        await forward(context);
    }

    /// <summary>False when the client has gone.</summary>
    private async Task<bool> RecoverAsync(HttpContext context, RequestDelegate forward, bool isWrite, long started)
    {
        List<string> tried = [];
        while (context.Features.Get<IForwarderErrorFeature>() is { } error)
        {
            if (context.RequestAborted.IsCancellationRequested && !IsCutShort(context))
            {
                return false;
            }

            var isUnsent = RetryRule.IsUnsent(error.Exception);
            if (isUnsent && !isWrite)
            {
                TakeOut(context.GetReverseProxyFeature());
            }

            tried.Add(context.GetReverseProxyFeature().ProxiedDestination!.DestinationId);
            var verdict = tried.Count > MostRetries && !isWrite ? RetryRule.Verdict.GiveUp : RetryRule.Judge(FailureOf(context, error, isWrite, started));
            if (verdict == RetryRule.Verdict.Later)
            {
                await Task.Delay(Timeouts.NextTry, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            var status = context.Response.StatusCode;
            if (verdict == RetryRule.Verdict.GiveUp || !TryAgain(context, isWrite, tried))
            {
                await FailureRule.Explain(error.Error, status, isWrite, isUnsent).WriteAsync(context);
                return true;
            }

            await SendAsync(context, forward);
        }

        return true;
    }

    /// <summary>Whether the worker broke off in its answer. That aborts the request too, as a client does that goes away.</summary>
    private static bool IsCutShort(HttpContext context) => context.Features.Get<IForwarderErrorFeature>()?.Error == ForwarderError.ResponseBodyDestination;

    private bool TryAgain(HttpContext context, bool isWrite, List<string> tried)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        return Direct(context, isWrite, tried);
    }

    private void TakeOut(IReverseProxyFeature feature)
    {
        if (clusters.TryGetCluster(feature.Cluster.Config.ClusterId, out var cluster))
        {
            readiness.MarkDown(cluster, feature.ProxiedDestination!);
        }
    }

    private RetryRule.Failure FailureOf(HttpContext context, IForwarderErrorFeature error, bool isWrite, long started) => new(
        error.Error, error.Exception, isWrite, MethodRule.IsRepeatable(context.Request.Method),
        MayHaveBody: context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false },
        context.Response.HasStarted, time.GetElapsedTime(started));
}
