namespace TeeChain.EndToEnd.Harness;

/// <summary>Whether a page can be read by who sees little, asked in the page itself.</summary>
internal static class TextContrast
{
    /// <summary>Texts whose contrast with what is behind them is less than 4.5 to 1 (WCAG 2.2, 1.4.3).</summary>
    public const string PaleTexts = """
        () => {
          const parse = color => color.match(/[0-9.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const color = parse(getComputedStyle(at).backgroundColor);
              if (color.length < 4 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          return [...document.body.querySelectorAll('*')]
            .filter(element => element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
            .map(element => {
              const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
              return [(a + .05) / (b + .05), element];
            })
            .filter(([ratio]) => ratio < 4.5)
            .map(([ratio, element]) => `${ratio.toFixed(2)} ${element.tagName}.${element.className} ${element.textContent}`);
        }
        """;
}
