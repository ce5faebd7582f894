using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Acks;

namespace TeeProxy.Tests;

/// <summary>The walls between the parts of the node, read off the compiled code (docs/design.md, section 7).</summary>
public sealed class WallsTests
{
    private static readonly FrozenDictionary<Type, FrozenSet<Type>> Known =
        typeof(PendingWrite).Assembly.GetTypes().ToFrozenDictionary(type => type, type => References.Of(type).ToFrozenSet());

    [Fact]
    public void Ingress_and_delivery_never_know_each_other()
    {
        Assert.Empty(Breaches(from: "TeeProxy.Ingress", to: "TeeProxy.Delivery"));
        Assert.Empty(Breaches(from: "TeeProxy.Delivery", to: "TeeProxy.Ingress"));
    }

    [Theory]
    [InlineData("TeeProxy.Ingress")]
    [InlineData("TeeProxy.Delivery")]
    [InlineData("TeeProxy.Hop")]
    public void Where_they_meet_knows_neither_of_them(string part) => Assert.Empty(Breaches(from: "TeeProxy.Acks", to: part));

    [Fact]
    public void Nobody_but_the_composition_knows_status()
    {
        var strangers = Known.Keys.Where(type => type.Namespace is { } own && own.StartsWith("TeeProxy.", StringComparison.Ordinal) && own != "TeeProxy.Status")
            .Where(type => Known[type].Any(known => known.Namespace == "TeeProxy.Status"));

        Assert.Empty(strangers.Select(type => type.FullName));
    }

    [Theory]
    [InlineData("TeeProxy.Ingress")]
    [InlineData("TeeProxy.Delivery")]
    [InlineData("TeeProxy.Hop")]
    [InlineData("TeeProxy.Status")]
    [InlineData("TeeProxy.Application")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("System.Net")]
    public void The_chain_knows_nothing_of_how_it_is_spoken_or_served(string part) => Assert.Empty(Breaches(from: "TeeProxy.Chain", to: part));

    [Fact]
    public void The_rules_of_the_chain_are_pure()
    {
        var rules = Known.Keys.Where(type => type.Namespace is "TeeProxy.Chain" or "TeeProxy.Acks" && Outermost(type).Name.EndsWith("Rule", StringComparison.Ordinal)).ToArray();
        Assert.True(rules.Length >= 5, "the rules were not found");

        var breaches = rules.SelectMany(rule => Known[rule].Where(IsImpure).Select(known => $"{rule.FullName} knows {known.FullName}"));

        Assert.Empty(breaches);
    }

    [Fact]
    public void The_journal_knows_only_the_runtime() => Assert.Empty(BeyondRuntime(typeof(Journal).Assembly));

    [Fact]
    public void The_protocol_knows_only_the_runtime() => Assert.Empty(BeyondRuntime(typeof(HeaderNames).Assembly));

    [Fact]
    public void The_scan_sees_what_is_known_in_signatures_fields_and_inside_methods()
    {
        Assert.NotEmpty(Breaches(from: "TeeProxy.Delivery", to: "TeeProxy.Acks"));
        Assert.NotEmpty(Breaches(from: "TeeProxy.Hop", to: "TeeChain.Protocol.Frames"));
        Assert.Contains(typeof(JournalInspection), Known[typeof(TeeProxy.Inspection.JournalCommand)].Items); // in a method's body only
        Assert.Contains(typeof(TeeProxy.Status.StatusSource), Known[typeof(Node)].Items);
        Assert.NotEmpty(BeyondRuntime(typeof(PendingWrite).Assembly));
    }

    private static IEnumerable<string> Breaches(string from, string to) =>
        from type in Known.Keys
        where IsIn(type, @from)
        from known in Known[type]
        where IsIn(known, to)
        select $"{type.FullName} knows {known.FullName}";

    private static bool IsIn(Type type, string part) => type.Namespace is { } own && (own == part || own.StartsWith(part + ".", StringComparison.Ordinal));

    private static bool IsImpure(Type type) =>
        type == typeof(TimeProvider) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(Random) || type == typeof(Environment)
        || type.Namespace is "System.IO" or "System.Net" or "System.Threading" or "System.Threading.Tasks" or "System.Diagnostics" or "TeeChain.Journaling";

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<string?> BeyondRuntime(Assembly assembly) =>
        assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name)
            .Where(name => !File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), name + ".dll")));

    /// <summary>Every type that a type's declaration or code names. Constants are not seen: the compiler copies them.</summary>
    private static class References
    {
        private const BindingFlags Declared =
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

        private static readonly FrozenDictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (OpCode)field.GetValue(null)!).ToFrozenDictionary(code => code.Value);

        public static IEnumerable<Type> Of(Type type)
        {
            Type?[] declared =
            [
                type.BaseType,
                .. type.GetInterfaces(),
                .. type.GetFields(Declared).Select(field => field.FieldType),
                .. type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)).SelectMany(OfMethod),
            ];
            return declared.SelectMany(Parts).Distinct();
        }

        private static IEnumerable<Type?> OfMethod(MethodBase method) =>
        [
            .. OfSignature(method),
            .. method.GetMethodBody() is { } body
                ? body.LocalVariables.Select(local => local.LocalType).Concat(Tokens(body.GetILAsByteArray()!).SelectMany(token => OfToken(method, token)))
                : [],
        ];

        private static IEnumerable<Type?> OfSignature(MethodBase method) =>
        [
            (method as MethodInfo)?.ReturnType,
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        ];

        private static IEnumerable<Type?> OfToken(MethodBase method, int token)
        {
            var member = method.Module.ResolveMember(token, method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
            return member switch
            {
                Type type => [type],
                FieldInfo field => [field.DeclaringType, field.FieldType],
                MethodBase called => [called.DeclaringType, .. OfSignature(called)],
                _ => [],
            };
        }

        /// <summary>The metadata tokens of types, fields and methods in a method's code (ECMA-335, partition III).</summary>
        private static IEnumerable<int> Tokens(byte[] code)
        {
            for (var at = 0; at < code.Length;)
            {
                short value = code[at++];
                if (value == 0xfe)
                {
                    value = unchecked((short)(0xfe00 | code[at++]));
                }

                var operand = Codes[value].OperandType;
                if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                {
                    yield return BitConverter.ToInt32(code, at);
                }

                at += operand switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                    _ => 4,
                };
            }
        }

        private static IEnumerable<Type> Parts(Type? type)
        {
            if (type is null || type.IsGenericParameter)
            {
                return [];
            }

            if (type.HasElementType)
            {
                return Parts(type.GetElementType());
            }

            return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
        }
    }
}
