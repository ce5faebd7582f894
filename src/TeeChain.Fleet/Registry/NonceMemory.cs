namespace TeeChain.Fleet.Registry;

/// <summary>The nonces of the announcements that were accepted, for so long as they could be replayed. One caller at a time.</summary>
internal sealed class NonceMemory(TimeSpan life)
{
    /// <summary>A thousand nodes that announce themselves every two seconds need half of it. Who has no secret fills none of it.</summary>
    public const int Most = 65_536;

    private readonly Queue<(string Nonce, TimeSpan Since)> _oldestFirst = new();
    private readonly HashSet<string> _spent = [];

    public bool HasRoom => _spent.Count < Most;

    public bool IsSpent(string nonce) => _spent.Contains(nonce);

    public void Spend(string nonce, TimeSpan now)
    {
        if (_spent.Add(nonce))
        {
            _oldestFirst.Enqueue((nonce, now));
        }
    }

    public void Forget(TimeSpan now)
    {
        while (_oldestFirst.TryPeek(out var oldest) && now - oldest.Since > life)
        {
            _spent.Remove(_oldestFirst.Dequeue().Nonce);
        }
    }
}
