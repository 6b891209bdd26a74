// The clock of a replay moves only when told to: that of the tests and that of a rehearsal's forecast are one.
global using ManualClock = ClustermgrSimulator.ManualClock;
