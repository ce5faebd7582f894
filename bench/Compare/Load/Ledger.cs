namespace Compare.Load;

/// <summary>The ids of one run: handed out from 1 on, and which of them a client has an answer to. For one thread.</summary>
internal sealed class Ledger
{
    private readonly List<int> _acknowledged = new(1 << 20);

    public int LastId { get; private set; }

    public IReadOnlyList<int> Acknowledged => _acknowledged;

    public int NextId() => ++LastId;

    public void Acknowledge(int id) => _acknowledged.Add(id);
}
