using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class NextListTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Before_anything_was_set_it_is_the_flags()
    {
        var list = NextList.Load(_data.Folder, [":9001", ":9002"]);

        Assert.Equal(0, list.Version);
        Assert.Equal([":9001", ":9002"], list.Addresses);
    }

    [Fact]
    public void What_was_set_beats_the_flag()
    {
        new NextList(3, [":9003"]).Save(_data.Folder);

        var list = NextList.Load(_data.Folder, [":9001"]);

        Assert.Equal(3, list.Version);
        Assert.Equal([":9003"], list.Addresses);
    }

    [Fact]
    public void That_a_node_was_made_the_tail_beats_the_flag_too()
    {
        new NextList(1, []).Save(_data.Folder);

        Assert.Empty(NextList.Load(_data.Folder, [":9001"]).Addresses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"version\": 1}")]
    [InlineData("{\"version\": 1, \"addresses\": null}")]
    [InlineData("{\"version\": 1, \"addresses\": [\":9001\"")]
    public void A_damaged_file_says_which_it_is_and_what_to_do(string content)
    {
        File.WriteAllText(Path.Combine(_data.Path, "next.json"), content);

        var damaged = Assert.Throws<InvalidDataException>(() => NextList.Load(_data.Folder, [":9001"]));

        Assert.StartsWith("next.json is ", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("remove it to go back to --next", damaged.Message, StringComparison.Ordinal);
    }
}
