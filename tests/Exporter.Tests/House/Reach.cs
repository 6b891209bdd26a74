using System.Reflection;
using System.Reflection.Emit;

namespace ClustermgrExporter.Tests.House;

/// <summary>What code can be reached from a type, by what was compiled: every member that any method of a reached type
/// names. Nothing here is called by reflection, so what is not named is not called.</summary>
internal sealed class Reach
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Queue<Type> _left = new();

    private Reach() { }

    public Reach(params Type[] from)
    {
        foreach (var type in from) Add(type);
        while (_left.TryDequeue(out var type)) Read(type);
    }

    /// <summary>Types of the program.</summary>
    public HashSet<Type> Types { get; } = [];

    /// <summary>Members of others that are named.</summary>
    public HashSet<MemberInfo> Foreign { get; } = [];

    /// <summary>What one type and those within it name, and no further.</summary>
    public static Reach Alone(Type type)
    {
        var reach = new Reach();
        var within = new Queue<Type>([type]);
        while (within.TryDequeue(out var next))
        {
            foreach (var nested in next.GetNestedTypes(All)) within.Enqueue(nested);
            reach.Read(next);
        }
        return reach;
    }

    private void Read(Type type)
    {
        Add(type.BaseType);
        foreach (var nested in type.GetNestedTypes(All)) Add(nested);
        foreach (var field in type.GetFields(All)) Add(field.FieldType);
        foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
        {
            foreach (var parameter in method.GetParameters()) Add(parameter.ParameterType);
            if (method.GetMethodBody()?.GetILAsByteArray() is { } code) Read(method, code);
        }
    }

    private void Read(MethodBase method, byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)((code[at++] << 8) | code[at++]) : code[at++];
            var operand = s_codes[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                Add(method, BitConverter.ToInt32(code, at));
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

    private void Add(MethodBase method, int token)
    {
        var member = method.Module.ResolveMember(token,
            method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        if (member is MethodInfo { IsGenericMethod: true } generic)
            foreach (var argument in generic.GetGenericArguments()) Add(argument);
        Add(member as Type ?? member?.DeclaringType);
        if (member is not null && (member as Type ?? member.DeclaringType)?.Assembly != typeof(ServeVerb).Assembly) Foreign.Add(member);
    }

    private void Add(Type? type)
    {
        if (type is null) return;
        if (type.HasElementType) Add(type.GetElementType());
        if (type.IsGenericType)
            foreach (var argument in type.GetGenericArguments()) Add(argument);
        if (type.IsGenericType && !type.IsGenericTypeDefinition) type = type.GetGenericTypeDefinition();
        if (type.Assembly == typeof(ServeVerb).Assembly && !type.IsGenericParameter && Types.Add(type)) _left.Enqueue(type);
    }
}
