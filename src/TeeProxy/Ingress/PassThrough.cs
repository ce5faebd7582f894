using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TeeChain.Protocol;
using TeeProxy.Application;
using Yarp.ReverseProxy.Forwarder;

namespace TeeProxy.Ingress;

/// <summary>
/// Hands what is no write to the local application: streamed both ways, WebSockets included, nothing buffered, nothing
/// tried again. Called by <see cref="TeeEndpoint"/>.
/// </summary>
internal sealed class PassThrough(Address application, Pseudonym self, IHttpForwarder forwarder, ILogger<PassThrough> logger) : IDisposable
{
    // No byte either way for that long ends it: generous, because long polls and event streams are silent.
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(100),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        AllowResponseBuffering = false,
    };

    private readonly HttpMessageInvoker _connections = ApplicationConnections.Create();
    private readonly PassThroughTransformer _transformer = new(self);
    private readonly string _prefix = $"http://{application}";

    /// <param name="target">In origin form, as sent.</param>
    /// <returns>One of <see cref="RequestOutcome"/>.</returns>
    public async Task<string> PassAsync(HttpContext context, string target)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // Who has upgraded may be silent.
        }

        var error = await forwarder.SendAsync(context, _prefix, _connections, Config, _transformer);
        if (error == ForwarderError.None)
        {
            return RequestOutcome.Passed;
        }

        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (context.RequestAborted.IsCancellationRequested)
        {
            return RequestOutcome.Aborted;
        }

        logger.PassFailed(cause, context.Request.Method, RequestTarget.PathOf(target).ToString(), error);
        await ProblemAnswer.WriteAsync(context, Explain(context.Response.StatusCode, cause), isBodyRead: false);
        return RequestOutcome.PassFailed;
    }

    public void Dispose() => _connections.Dispose();

    // YARP has set the status: whose fault it was, and 504 when time ran out.
    private Problem Explain(int status, Exception? cause) => status switch
    {
        StatusCodes.Status504GatewayTimeout => new(
            status, "application-timeout", "The application did not answer in time",
            $"Nothing came from {application} for {Config.ActivityTimeout!.Value.TotalSeconds:0} s.", Recorded.NotAWrite),
        >= 400 and < 500 => new(
            status, "bad-body", "The body could not be read", (cause as BadHttpRequestException)?.Message ?? "The request's body broke off.", Recorded.NotAWrite),
        _ => new(
            StatusCodes.Status502BadGateway, "application-unreachable", "The application did not answer",
            $"{application} did not answer: {cause?.Message ?? "the connection broke"}", Recorded.NotAWrite),
    };
}
