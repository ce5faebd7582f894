using TeeChain.Protocol.Hop;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

public sealed class ToldDetailsTests
{
    private static readonly Guid One = Guid.NewGuid(), Other = Guid.NewGuid();

    private readonly ToldDetails _told = new();

    [Fact]
    public void A_detail_travels_once_until_it_is_another()
    {
        var lengths = new[] { Row(One, 3), Row(One, 3), Row(One, 4), Row(One, 4) }.Select(row => _told.WithoutKnown([row])[0].Detail.Length).ToArray();

        Assert.Equal([3, 0, 4, 0], lengths);
    }

    [Fact]
    public void A_row_that_was_away_comes_with_its_detail_again()
    {
        _told.WithoutKnown([Row(One, 3), Row(Other, 5)]);
        _told.WithoutKnown([Row(One, 3)]);

        var rows = _told.WithoutKnown([Row(One, 3), Row(Other, 5)]);

        Assert.Equal([0, 5], rows.Select(row => row.Detail.Length));
    }

    [Fact]
    public void What_would_make_a_frame_too_long_waits_for_the_next()
    {
        AckRow[] rows = [Row(One, ToldDetails.MostBytes - 1), Row(Other, 2)];

        var first = _told.WithoutKnown(rows);
        var second = _told.WithoutKnown(rows);

        Assert.Equal([ToldDetails.MostBytes - 1, 0], first.Select(row => row.Detail.Length));
        Assert.Equal([0, 2], second.Select(row => row.Detail.Length));
    }

    private static AckRow Row(Guid node, int detail) => new(node, Guid.Empty, 0, 0, default, AckState.None, new byte[detail]);
}
