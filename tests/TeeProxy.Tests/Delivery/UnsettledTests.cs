using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class UnsettledTests
{
    /// <summary>What a run does: writes begin nearly in order, are answered and settled nearly in order, and sometimes anything comes.</summary>
    public enum Act
    {
        Begin,
        Own,
        Heads,
        Remove,
        RemoveFirst,
    }

    [Fact]
    public void Whatever_is_put_and_removed_in_whatever_order_it_knows_what_a_dictionary_knows()
    {
        var act = Gen.Elements(Enum.GetValues<Act>())
            .SelectMany(kind => Gen.Choose(1, 40).SelectMany(sequence => Gen.Choose(100, 999).Select(status => (Kind: kind, Sequence: (long)sequence, Status: status))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(act.ListOf(200).ToArbitrary(), acts => Holds(acts)));
    }

    [Fact]
    public void What_comes_and_goes_in_order_among_thousands_that_stay_is_found()
    {
        var rows = new Unsettled();
        for (var sequence = 1; sequence <= 10_000; sequence++)
        {
            rows.Put(sequence, own: 200, heads: 0);
            if (sequence > 100 && sequence % 10 != 0)
            {
                rows.Remove(sequence - 100);
            }
        }

        var kept = Enumerable.Range(1, 10_000).Where(sequence => sequence > 9_900 || (sequence + 100) % 10 == 0).Select(sequence => new KeyValuePair<long, int>(sequence, 200));
        Assert.Equal(kept, rows.Own());
        Assert.All(kept, row => Assert.True(rows.TryGet(row.Key, out _, out _), $"{row.Key} stays"));
    }

    [Fact]
    public void What_is_removed_and_put_again_is_new()
    {
        var rows = new Unsettled();
        rows.Put(1, own: 200, heads: 0);
        rows.Put(2, own: 0, heads: 201);
        rows.Put(3, own: 0, heads: 202);
        rows.Remove(2);

        Assert.False(rows.TryGet(2, out var own, out var heads));
        Assert.Equal((0, 0), (own, heads));
        rows.Put(2, own: 404, heads: 0);
        Assert.True(rows.TryGet(2, out own, out heads));
        Assert.Equal((404, 0), (own, heads));
        Assert.Equal([new(1, 200), new(2, 404)], rows.Own());
    }

    private static bool Holds(IEnumerable<(Act Kind, long Sequence, int Status)> acts)
    {
        var rows = new Unsettled();
        var model = new SortedDictionary<long, (int Own, int Heads)>();
        foreach (var (kind, sequence, status) in acts)
        {
            switch (kind)
            {
                case Act.Remove:
                    rows.Remove(sequence);
                    model.Remove(sequence);
                    break;
                case Act.RemoveFirst when model.Count > 0:
                    rows.Remove(model.First().Key);
                    model.Remove(model.First().Key);
                    break;
                case Act.Begin or Act.Own or Act.Heads:
                    model[sequence] = (kind == Act.Own ? status : 0, kind == Act.Heads ? status : 0);
                    rows.Put(sequence, model[sequence].Own, model[sequence].Heads);
                    break;
            }

            Compare(rows, model);
        }

        return true;
    }

    private static void Compare(Unsettled rows, SortedDictionary<long, (int Own, int Heads)> model)
    {
        var own = model.Where(row => row.Value.Own != 0).Select(row => new KeyValuePair<long, int>(row.Key, row.Value.Own)).ToArray();
        Assert.Equal(own.Length, rows.OwnCount);
        Assert.Equal(own, rows.Own());
        for (var sequence = 0; sequence <= 41; sequence++)
        {
            var isKnown = model.TryGetValue(sequence, out var known);
            Assert.Equal(isKnown, rows.TryGet(sequence, out var ownStatus, out var headsStatus));
            Assert.Equal(known, (ownStatus, headsStatus));
        }
    }
}
