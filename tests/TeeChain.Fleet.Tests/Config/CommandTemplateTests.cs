using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Tests.Config;

public sealed class CommandTemplateTests
{
    [Theory]
    [InlineData("ruby app.rb -p {port}", "ruby|app.rb|-p|{port}")]
    [InlineData("  a \t b  ", "a|b")]
    [InlineData("'my app' \"x y\"z", "my app|x yz")]
    [InlineData("a '' \"\"", "a||")]
    [InlineData("""a "b\"c" 'd\e' f\ g""", """a|b"c|d\e|f g""")]
    [InlineData("a; rm -rf $HOME | b", "a;|rm|-rf|$HOME|\u0001|b")]
    public void Words_are_split_as_people_quote_them_and_by_no_shell(string text, string words) =>
        Assert.Equal(words.Split('|').Select(word => word == "\u0001" ? "|" : word), CommandTemplate.Parse(text)!.Words);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    public void What_is_no_command_line_is_none(string text) => Assert.Null(CommandTemplate.Parse(text));

    [Fact]
    public void A_value_with_a_space_stays_one_word()
    {
        var command = CommandTemplate.Parse("run {data} --port={port} {\"x\":1}")!;

        Assert.Equal(["data", "port"], command.Names);
        Assert.Equal(["run", "/my data", "--port=1", "{x:1}"], command.Fill(new Dictionary<string, string> { ["data"] = "/my data", ["port"] = "1" }));
    }
}
