namespace TeeChain.Fleet.Haproxy;

/// <summary>HAProxy's stats page, with its metrics.</summary>
/// <param name="Bind">As HAProxy writes it.</param>
/// <param name="Password">Null: the documented one on the documented address, one that is made and kept on any other.</param>
internal sealed record StatsPage(string Bind, string User, string? Password)
{
    /// <summary>The one address for which haproxy.cfg allows the documented password.</summary>
    public const string DocumentedBind = "127.0.0.1:1936";

    public const string DocumentedPassword = "teechain";
}
