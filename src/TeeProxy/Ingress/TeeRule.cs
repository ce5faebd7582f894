namespace TeeProxy.Ingress;

/// <summary>
/// Which requests are writes and go to every node. In doubt one is a write: one that slipped by would change this
/// node's application alone. So methods are compared without regard to case (some applications take <c>post</c> for
/// <c>POST</c>), and a path counts when it lies under a prefix as sent or as an application may read it, decoded.
/// </summary>
/// <param name="methods">Upper case.</param>
/// <param name="paths">Prefixes, case-sensitive; <c>/api</c> covers <c>/api</c> and <c>/api/x</c>, not <c>/apis</c>.</param>
internal sealed class TeeRule(IReadOnlyList<string> methods, IReadOnlyList<string> paths)
{
    private readonly bool _coversAllPaths = paths.Contains("/");

    /// <param name="target">In origin form, as sent.</param>
    /// <param name="decodedPath">Percent-decoded, dot segments resolved: Kestrel's reading of it.</param>
    public bool IsWrite(string method, string target, PathString decodedPath) =>
        IsCovered(method) && (_coversAllPaths || IsUnderPrefix(RequestTarget.PathOf(target)) || IsUnderPrefix(decodedPath.Value));

    private bool IsCovered(string method)
    {
        for (var i = 0; i < methods.Count; i++)
        {
            if (string.Equals(methods[i], method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsUnderPrefix(ReadOnlySpan<char> path)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            var prefix = paths[i];
            if (path.StartsWith(prefix, StringComparison.Ordinal)
                && (prefix.EndsWith('/') || path.Length == prefix.Length || path[prefix.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }
}
