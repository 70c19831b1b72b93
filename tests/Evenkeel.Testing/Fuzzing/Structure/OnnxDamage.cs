using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Damages an ONNX file field by field: the frame of messages, and what the fields mean.</summary>
internal static class OnnxDamage
{
    private const int MostSteps = 4;

    private static readonly Action<WireMessage, Random>[] Steps =
    [
        Repeat,
        Remove,
        Reorder,
        Graft,
        Renumber,
        ChangeWireType,
        ChangeNumber,
        ChangeNumber,
        LieAboutLength,
        Bury,
        ChangeText,
        ChangeText,
        .. OnnxMeaning.Steps,
        .. OnnxMeaning.Steps,
    ];

    public static byte[] Damage(byte[] file, Random random)
    {
        WireMessage model = WireMessage.Parse(file, WireMessage.Model);
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            Odd.One(random, Steps)(model, random);
        return model.ToBytes();
    }

    /// <summary>A message that has fields, each kind as likely as the others.</summary>
    public static WireMessage Some(WireMessage model, Random random, params string[] kinds)
    {
        IGrouping<string, WireMessage>[] all =
        [
            .. model
                .All()
                .Where(m => m.Fields.Count > 0 && (kinds.Length == 0 || kinds.Contains(m.Kind)))
                .GroupBy(m => m.Kind),
        ];
        return all.Length == 0 ? model : Odd.One(random, Odd.One(random, all).ToArray());
    }

    private static void Repeat(WireMessage model, Random random)
    {
        List<WireField> fields = Some(model, random).Fields;
        if (fields.Count == 0)
            return;
        WireField field = Odd.One(random, fields);
        int times = field.Message is null ? Odd.Times(random, 3000) : Odd.Times(random, 50);
        for (int i = 0; i < times; i++)
            fields.Insert(random.Next(fields.Count + 1), field.Copy());
    }

    private static void Remove(WireMessage model, Random random)
    {
        List<WireField> fields = Some(model, random).Fields;
        if (fields.Count > 0)
            fields.RemoveAt(random.Next(fields.Count));
    }

    private static void Reorder(WireMessage model, Random random)
    {
        List<WireField> fields = Some(model, random).Fields;
        if (fields.Count < 2)
            return;
        WireField field = Odd.One(random, fields);
        fields.Remove(field);
        fields.Insert(random.Next(fields.Count + 1), field);
    }

    private static void Graft(WireMessage model, Random random)
    {
        WireMessage from = Some(model, random),
            to = Some(model, random);
        if (from.Fields.Count == 0 || to.Fields.Count == 0)
            return;
        WireField copy = Odd.One(random, from.Fields).Copy();
        if (random.Next(2) == 0)
            copy.Number = Odd.One(random, to.Fields).Number;
        to.Fields.Insert(random.Next(to.Fields.Count + 1), copy);
    }

    private static void Renumber(WireMessage model, Random random)
    {
        if (Any(model, random) is { } field)
            field.Number = random.Next(4) == 0 ? Odd.Number(random, field.Number) & 0x1FFFFFFF : random.Next(0, 27);
    }

    private static void ChangeWireType(WireMessage model, Random random)
    {
        if (Any(model, random) is { } field)
            field.Type = random.Next(8);
    }

    private static void ChangeNumber(WireMessage model, Random random)
    {
        WireField[] numbers = [.. Some(model, random).Fields.Where(f => f.Type != WireField.Lengthened)];
        if (numbers.Length == 0)
            return;
        WireField field = Odd.One(random, numbers);
        field.Value = unchecked((ulong)Odd.Number(random, (long)field.Value));
    }

    private static void LieAboutLength(WireMessage model, Random random)
    {
        if (Any(model, random) is { } field)
            field.LengthLie = Odd.Number(random);
    }

    // A message within itself: deep where the schema allows it, as with graphs of attributes of nodes.
    private static void Bury(WireMessage model, Random random)
    {
        WireField[] messages = [.. Some(model, random).Fields.Where(f => f.Message is not null)];
        if (messages.Length == 0)
            return;
        WireField field = Odd.One(random, messages);
        int depth = Odd.Times(random, 300);
        for (int i = 0; i < depth; i++)
            field.Message = WireMessage.Of(
                field.Message!.Kind,
                WireField.Of(field.Message.Kind == WireMessage.Attribute ? 6 : field.Number, field.Message)
            );
    }

    private static void ChangeText(WireMessage model, Random random)
    {
        WireField[] texts = [.. Texts(Some(model, random))];
        if (texts.Length == 0)
            return;
        WireField field = Odd.One(random, texts);
        WireField[] others = [.. model.All().SelectMany(Texts)];
        field.Bytes = random.Next(3) switch
        {
            0 => Encoding.UTF8.GetBytes(Odd.Text(random)),
            1 => [0xC3, 0x28, 0xFF],
            _ => Odd.One(random, others).Bytes,
        };
    }

    private static IEnumerable<WireField> Texts(WireMessage message) =>
        message.Fields.Where(f => f.Type == WireField.Lengthened && f.Message is null && f.Bytes.Length < 200);

    private static WireField? Any(WireMessage model, Random random) =>
        Some(model, random).Fields is { Count: > 0 } fields ? Odd.One(random, fields) : null;
}
