using TeeChain.Fleet.Haproxy;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class RuntimeAnswerRuleTests
{
    [Theory]
    [InlineData("\n", 1, "")]
    [InlineData("No such backend.\n", 1, "No such backend.")]
    [InlineData("No such server.\n\n", 1, "No such server.")]
    [InlineData("a\nb\n\nc\n\n", 2, "a\nb|c")]
    [InlineData("a\n\n", 2, null)]
    [InlineData("", 1, null)]
    [InlineData("a", 1, null)]
    [InlineData("a\n\nb", 2, null)]
    public void Answers_are_told_apart(string text, int commands, string? answers) => Assert.Equal(
        answers, RuntimeAnswerRule.Split(text, commands) is RuntimeAnswer.Said said ? string.Join('|', said.Answers) : null);

    [Theory]
    [InlineData("", true)]
    [InlineData("Server deleted.", true)]
    [InlineData("no need to change the addr, port changed from '1' to '2' by 'stats socket command'", true)]
    [InlineData("No such server.", false)]
    [InlineData("Permission denied", false)]
    [InlineData("Server still has connections attached to it, cannot remove it.", false)]
    public void Consent_is_told_from_refusal(string answer, bool isConsent) => Assert.Equal(isConsent, RuntimeAnswerRule.IsConsent(answer));
}
