namespace TeeChain.Fleet.Haproxy;

/// <summary>What one HAProxy's configuration has of its own. Binds are as HAProxy writes them: <c>:9080</c>, <c>127.0.0.1:1936</c>.</summary>
/// <param name="HttpBind">For clients.</param>
/// <param name="StatsBind">Stats page and metrics, behind user and password.</param>
/// <param name="Socket">Path of the Runtime API's socket.</param>
/// <param name="Registry">Where the registry's paths are sent to, <c>host:port</c>; null: they are an application's like all others.</param>
internal sealed record FrontSettings(string HttpBind, string StatsBind, string StatsUser, string StatsPassword, string Socket, string? Registry);
