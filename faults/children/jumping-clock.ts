/** Loaded before a program: its clock jumps by up to a day at each SIGUSR2. Timers are not touched, as with a real one. */
const HOUR_MS = 3_600_000;
const JUMPS = [1, -2, 24, -23, 0.01, -0.02, -24, 12].map((hours) => hours * HOUR_MS);

const RealDate = Date;
let ahead = 0;
let count = 0;

class JumpingDate extends RealDate {
  constructor(...given: ConstructorParameters<DateConstructor> | []) {
    if (given.length === 0) super(RealDate.now() + ahead);
    else super(...given);
  }

  static override now(): number {
    return RealDate.now() + ahead;
  }
}

globalThis.Date = JumpingDate as DateConstructor;
process.on('SIGUSR2', () => (ahead += JUMPS[count++ % JUMPS.length]!));
