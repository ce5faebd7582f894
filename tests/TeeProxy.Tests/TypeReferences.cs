using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace TeeProxy.Tests;

/// <summary>Every type that a type's declaration or code names. Constants are not seen: the compiler copies them.</summary>
internal static class TypeReferences
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
