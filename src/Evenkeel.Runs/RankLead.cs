using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Runs.Configuration;
using Evenkeel.Training;

namespace Evenkeel.Runs;

/// <summary>
/// What the ranks of a run do together: steps and evaluations. The first rank runs the run and says what is next; the others follow, and do
/// nothing else.
/// </summary>
internal sealed class RankLead : IDisposable
{
    private readonly Trainer _trainer;
    private readonly LoadedData _data;
    private readonly Communicator? _ranks;
    private readonly Evaluator _validation;

    /// <summary>Plans what is evaluated again and again.</summary>
    /// <param name="trainer">Takes the steps.</param>
    /// <param name="data">What is evaluated on.</param>
    /// <param name="ranks">All ranks; null where there is one.</param>
    public RankLead(Trainer trainer, LoadedData data, Communicator? ranks)
    {
        (_trainer, _data, _ranks) = (trainer, data, ranks);
        _validation = new Evaluator(trainer.Model, data.Validation, trainer.Device, ranks, trainer.Options.Loss);
    }

    private enum Word : byte
    {
        Stop,
        Step,
        Validate,
        Test,
    }

    /// <summary>All begin with the state of the first.</summary>
    /// <exception cref="CommunicatorException">The ranks have different networks, options or data.</exception>
    public void Join()
    {
        _trainer.JoinRanks();
        _validation.JoinRanks();
    }

    /// <summary>All take a step.</summary>
    public StepResult Step()
    {
        Say(Word.Step);
        return _trainer.Step();
    }

    /// <summary>All evaluate the model as it is now on the validation data.</summary>
    public Evaluation Validate()
    {
        Say(Word.Validate);
        return _validation.Run();
    }

    /// <summary>All evaluate a model of the first on the test data.</summary>
    public Evaluation Test(Model model)
    {
        Say(Word.Test);
        return TestTogether(model);
    }

    /// <summary>There is no more to do.</summary>
    public void Stop() => Say(Word.Stop);

    /// <summary>Joins the others, and does as the first says until it says no more.</summary>
    public void Follow()
    {
        Join();
        try
        {
            while (Hear() is var word && word != Word.Stop)
                Do(word);
        }
        catch (Exception e) when (e is NonFiniteLossException or SingleValuePerChannelException)
        {
            // The first rank has met the same, saves what there is, and tells.
        }
    }

    public void Dispose() => _validation.Dispose();

    private void Do(Word word)
    {
        switch (word)
        {
            case Word.Step:
                _trainer.Step();
                break;
            case Word.Validate:
                _validation.Run();
                break;
            default:
                // Room for the values of the first, which may be those of a file.
                using (Model tested = _trainer.Model.Clone())
                    TestTogether(tested);
                break;
        }
    }

    private Evaluation TestTogether(Model model) =>
        model.Evaluate(_data.Test, _trainer.Device, _ranks, _trainer.Options.Loss);

    private void Say(Word word)
    {
        if (_ranks is { Size: > 1 })
            _ = Agree(word);
    }

    private Word Hear() => Agree(Word.Stop);

    // On the word of the first rank. Before it, that one alone logs, saves and draws histograms, for which others wait while its process answers.
    private Word Agree(Word mine)
    {
        (_ranks!.Step, _ranks.Purpose, _ranks.Patient) = (_trainer.StepsDone + 1, "its start", true);
        Span<byte> word = [(byte)mine];
        _ranks.Broadcast(word);
        (_ranks.Purpose, _ranks.Patient) = (null, false);
        return (Word)word[0];
    }
}
