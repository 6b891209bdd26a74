// A clock that moves only when it is told to. Tests and the forecast of a rehearsal use the same one.
global using ManualClock = ClustermgrSimulator.ManualClock;
