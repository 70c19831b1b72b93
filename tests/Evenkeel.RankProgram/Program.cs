using Evenkeel.Mpi;
using Evenkeel.RankProgram;
using Evenkeel.Ranks;

// What tests start under mpirun: things that ranks do one after the other, named by the argument with commas between.
try
{
    MpiRanks.Run(args[0].Split(',').Select(Body).Aggregate((first, next) => first + next));
    return 0;
}
catch (CommunicatorException e)
{
    Console.Error.WriteLine(e.Message);
    return e.Code;
}

static Action<Communicator> Body(string what) =>
    what switch
    {
        "contract" => Contract.RunAll,
        "train" => TrainedNetwork.PrintHash,
        "micro" => TrainedNetwork.PrintHashOfMicroBatches,
        "fast" => TrainedNetwork.CompareFast,
        "networks" => SmallNetworks.PrintHashes,
        "measure" => SharedMeasurement.Print,
        "null" => Faults.DereferenceNull,
        "throw" => Faults.ThrowOnLast,
        "late" => Faults.StayAwayOnLast,
        "apart" => Faults.WaitForEachOther,
        "patient" => Faults.StayAwayFromThePatient,
        "leave" => Faults.ReturnLateOnLast,
        "abort" => Faults.AbortFromAnotherThread,
        "differ" => Faults.SendTooMuch,
        _ => throw new ArgumentException(what),
    };
