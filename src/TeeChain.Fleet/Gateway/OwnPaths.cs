namespace TeeChain.Fleet.Gateway;

/// <summary>Paths of the front port that are the fleet's and not the applications'.</summary>
internal sealed record OwnPaths(IReadOnlySet<string> Paths, RequestDelegate Serve);
