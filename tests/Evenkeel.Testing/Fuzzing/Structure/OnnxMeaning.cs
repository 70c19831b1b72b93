using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Changes what an ONNX file says: operators, names, shapes, types, values, functions, branches, external data.</summary>
internal static class OnnxMeaning
{
    /// <summary>The name of a file that lies beside the damaged one.</summary>
    public const string External = "weights.bin";

    private const string Operators =
        "Abs Add ArgMax AveragePool BatchNormalization Cast CastLike Clip Concat Constant ConstantOfShape Conv ConvTranspose CumSum "
        + "DepthToSpace DequantizeLinear Div Dropout Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherND Gelu Gemm "
        + "GlobalAveragePool GlobalMaxPool Greater GroupNormalization HardSigmoid HardSwish Identity If InstanceNormalization LRN LSTM "
        + "LayerNormalization LeakyRelu Less Log LogSoftmax Loop MatMul Max MaxPool Min Mod Mul Neg NonZero Not OneHot Or PRelu Pad Pow "
        + "QuantizeLinear Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
        + "ReduceSumSquare Relu Reshape Resize Scan ScatterND Selu Shape Sigmoid Size Slice Softmax Softplus SpaceToDepth Split Sqrt "
        + "Squeeze Sub Sum Tanh Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor";

    private static readonly string[] KnownOperators = Operators.Split(' ');

    private static readonly string[] AttributeNames =
        "alpha axes axis auto_pad beta ceil_mode count_include_pad dilations else_branch epsilon exclude_outside group kernel_shape mode momentum pads perm size storage_order strides then_branch to transA transB value value_int value_ints values".Split(
            ' '
        );

    public static IReadOnlyList<Action<WireMessage, Random>> Steps { get; } =
    [
        ChangeOperator,
        ChangeReading,
        ChangeShape,
        ChangeKind,
        ChangeValues,
        AddAttribute,
        AddNode,
        GoExternal,
        CallFunctions,
        Branch,
        ChangeOpset,
    ];

    private static void ChangeOperator(WireMessage model, Random random)
    {
        if (OnnxDamage.Some(model, random, WireMessage.Node).Field(4) is { } operation)
            operation.Bytes = Encoding.UTF8.GetBytes(Odd.One(random, KnownOperators));
    }

    // Names of values: read before they are made, by themselves, twice made, or not at all.
    private static void ChangeReading(WireMessage model, Random random)
    {
        string[] names = Names(model);
        WireField[] ends =
        [
            .. OnnxDamage.Some(model, random, WireMessage.Node).Fields.Where(f => f.Number is 1 or 2 && f.Type == 2),
        ];
        if (ends.Length > 0 && names.Length > 0)
            Odd.One(random, ends).Bytes = Encoding.UTF8.GetBytes(Odd.One(random, names));
    }

    private static void ChangeShape(WireMessage model, Random random)
    {
        WireMessage shaped = OnnxDamage.Some(
            model,
            random,
            WireMessage.Tensor,
            WireMessage.Dimension,
            WireMessage.Attribute
        );
        long place = shaped.Kind == WireMessage.Attribute ? 8 : 1;
        WireField[] sizes = [.. shaped.Fields.Where(f => f.Number == place && f.Type == WireField.Varint)];
        if (sizes.Length == 0 || random.Next(5) == 0)
        {
            shaped.Fields.Add(WireField.Whole(place, Odd.Number(random)));
            return;
        }

        WireField size = Odd.One(random, sizes);
        size.Value = unchecked((ulong)Odd.Number(random, (long)size.Value));
    }

    private static void ChangeKind(WireMessage model, Random random)
    {
        WireMessage typed = OnnxDamage.Some(
            model,
            random,
            WireMessage.Tensor,
            WireMessage.TensorType,
            WireMessage.Attribute
        );
        long place = typed.Kind switch
        {
            WireMessage.Tensor => 2,
            WireMessage.TensorType => 1,
            _ => 20,
        };
        typed.Fields.RemoveAll(f => f.Number == place);
        typed.Fields.Add(WireField.Whole(place, random.Next(6) == 0 ? Odd.Number(random) : random.Next(0, 26)));
    }

    // Sizes, axes and starts lie in small integer tensors.
    private static void ChangeValues(WireMessage model, Random random)
    {
        WireMessage tensor = OnnxDamage.Some(model, random, WireMessage.Tensor);
        if (tensor.Field(9) is not { } raw || raw.Bytes.Length < 8)
            return;
        byte[] bytes = [.. raw.Bytes];
        int at = 8 * random.Next(Math.Min(bytes.Length / 8, 8));
        BitConverter
            .GetBytes(Odd.Number(random, BitConverter.ToInt64(bytes, at)))
            .AsSpan(0, random.Next(2) == 0 ? 8 : 4)
            .CopyTo(bytes.AsSpan(at));
        raw.Bytes = random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void AddAttribute(WireMessage model, Random random)
    {
        WireMessage node = OnnxDamage.Some(model, random, WireMessage.Node);
        int kind = random.Next(1, 11);
        var attribute = WireMessage.Of(
            WireMessage.Attribute,
            WireField.Text(1, Odd.One(random, AttributeNames)),
            WireField.Whole(20, kind)
        );
        int count = Odd.Times(random, 40);
        for (int i = 0; i < count; i++)
            attribute.Fields.Add(WireField.Whole(kind == 7 ? 8 : 3, Odd.Number(random, i)));
        node.Fields.Add(WireField.Of(5, attribute));
    }

    // A node that reads what is there, and whose output something reads.
    private static void AddNode(WireMessage model, Random random)
    {
        string[] names = Names(model);
        WireMessage graph = OnnxDamage.Some(model, random, WireMessage.Graph);
        if (names.Length == 0)
            return;
        string made = $"added{random.Next(100)}";
        WireMessage node = Node(Odd.One(random, KnownOperators), made);
        int inputs = random.Next(0, 4);
        for (int i = 0; i < inputs; i++)
            node.Fields.Add(WireField.Text(1, Odd.One(random, names)));
        graph.Fields.Insert(0, WireField.Of(1, node));
        WireField[] ends =
        [
            .. OnnxDamage.Some(model, random, WireMessage.Node).Fields.Where(f => f.Number == 1 && f.Type == 2),
        ];
        if (ends.Length > 0)
            Odd.One(random, ends).Bytes = Encoding.UTF8.GetBytes(made);
    }

    private static void GoExternal(WireMessage model, Random random)
    {
        WireMessage tensor = OnnxDamage.Some(model, random, WireMessage.Tensor);
        if (random.Next(2) == 0)
            tensor.Fields.RemoveAll(f => f.Number == 9);
        string location = random.Next(2) == 0 ? External : Odd.Text(random);
        Entry(tensor, "location", location);
        if (random.Next(2) == 0)
            Entry(tensor, "offset", $"{Odd.Number(random)}");
        if (random.Next(2) == 0)
            Entry(tensor, "length", $"{Odd.Number(random)}");
        tensor.Fields.Add(WireField.Whole(14, random.Next(8) == 0 ? Odd.Number(random) : 1));
    }

    // Functions that call each other: twice at each level, or in a circle.
    private static void CallFunctions(WireMessage model, Random random)
    {
        WireMessage node = OnnxDamage.Some(model, random, WireMessage.Node);
        if (node.Field(4) is not { } operation)
            return;
        int depth = Odd.Times(random, 120);
        string inner = Encoding.UTF8.GetString(operation.Bytes);
        if (random.Next(4) == 0)
            inner = $"f{depth - 1}";
        for (int i = 0; i < depth; i++)
        {
            string called = i == 0 ? inner : $"f{i - 1}";
            WireMessage body = Node(called, "w", "v"),
                function = WireMessage.Of(WireMessage.Function, WireField.Text(1, $"f{i}"), WireField.Text(4, "v"));
            function.Fields.Add(WireField.Text(5, "w"));
            function.Fields.Add(WireField.Of(7, random.Next(2) == 0 ? body : Node(called, "u", "v")));
            if (random.Next(3) > 0)
                function.Fields.Add(WireField.Of(7, Node(called, "w", "u")));
            model.Fields.Add(WireField.Of(25, function));
        }

        operation.Bytes = Encoding.UTF8.GetBytes($"f{depth - 1}");
    }

    private static void Branch(WireMessage model, Random random)
    {
        WireMessage[] graphs = [.. model.All().Where(m => m.Kind == WireMessage.Graph)];
        WireMessage node = OnnxDamage.Some(model, random, WireMessage.Node);
        if (graphs.Length == 0 || node.Field(4) is not { } operation)
            return;
        operation.Bytes = Encoding.UTF8.GetBytes(random.Next(4) == 0 ? "Loop" : "If");
        foreach (string branch in (string[])["then_branch", "else_branch"])
        {
            WireMessage body = Odd.One(random, graphs).Copy();
            body.Fields.RemoveAll(f => f.Number is 5 or 11 && random.Next(2) == 0);
            var attribute = WireMessage.Of(WireMessage.Attribute, WireField.Text(1, branch), WireField.Of(6, body));
            attribute.Fields.Add(WireField.Whole(20, 5));
            node.Fields.Add(WireField.Of(5, attribute));
        }
    }

    private static void ChangeOpset(WireMessage model, Random random)
    {
        WireMessage opset = OnnxDamage.Some(model, random, WireMessage.Opset);
        opset.Fields.RemoveAll(f => f.Number == 2);
        opset.Fields.Add(WireField.Whole(2, random.Next(4) == 0 ? Odd.Number(random) : random.Next(1, 26)));
    }

    private static WireMessage Node(string operation, string output, params string[] inputs) =>
        WireMessage.Of(
            WireMessage.Node,
            [.. inputs.Select(i => WireField.Text(1, i)), WireField.Text(2, output), WireField.Text(4, operation)]
        );

    private static void Entry(WireMessage tensor, string key, string value) =>
        tensor.Fields.Add(
            WireField.Of(13, WireMessage.Of(WireMessage.Entry, WireField.Text(1, key), WireField.Text(2, value)))
        );

    private static string[] Names(WireMessage model) =>
        [
            .. model
                .All()
                .Where(m => m.Kind == WireMessage.Node)
                .SelectMany(m => m.Fields.Where(f => f.Number is 1 or 2))
                .Concat(
                    model
                        .All()
                        .Where(m => m.Kind == WireMessage.Tensor)
                        .SelectMany(m => m.Fields.Where(f => f.Number == 8))
                )
                .Where(f => f.Message is null && f.Type == WireField.Lengthened)
                .Select(f => Encoding.UTF8.GetString(f.Bytes)),
        ];
}
