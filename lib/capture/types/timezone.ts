/** Hours behind which the offset before or after a change of clocks is surely in force. */
const DAY = 24 * 60 * 60_000;
const MINUTE = 60_000;
const FIXED = /^([+-])(\d\d):?(\d\d)$/;
/** Until then some zones were off by seconds, which libraries round in various ways (the last was Liberia). */
const WHOLE_MINUTES_SINCE = Date.UTC(1972, 5, 1);

/** Sequelize's option `timezone`: between instants and what a clock on the wall shows there, both in milliseconds. */
export interface Zone {
  /** Wall clocks there are ambiguous now and then. */
  readonly hasChanges: boolean;
  /** Whether an instant's offset is what everyone takes it for. */
  isCertain(instant: number): boolean;
  toInstant(wall: number): number;
  toWall(instant: number): number;
}

/** Takes `+02:00`, `Z`, or a name like `Europe/Berlin`. What is none of them counts as UTC. */
export function zoneOf(timezone: string): Zone {
  const match = FIXED.exec(timezone);
  if (match) return fixed((match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * MINUTE);
  try {
    return named(timezone);
  } catch {
    return fixed(0);
  }
}

function fixed(offset: number): Zone {
  return {
    hasChanges: false,
    isCertain: () => true,
    toInstant: (wall) => wall - offset,
    toWall: (instant) => instant + offset,
  };
}

/** Throws RangeError if there is no such zone. */
function named(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const toWall = (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const field = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
    const date = new Date(0);
    date.setUTCFullYear(parts.get('era') === 'BC' ? 1 - field('year') : field('year'), field('month') - 1, field('day')); // prettier-ignore
    date.setUTCHours(field('hour'), field('minute'), field('second'), ((instant % 1000) + 1000) % 1000);
    return date.getTime();
  };
  return {
    hasChanges: true,
    isCertain: (instant) => instant >= WHOLE_MINUTES_SINCE,
    toWall,
    toInstant: (wall) => {
      const before = toWall(wall - DAY) - (wall - DAY);
      const after = toWall(wall + DAY) - (wall + DAY);
      // An hour that comes twice is its first time; one that is skipped counts on from before, as moment has it.
      for (const offset of before >= after ? [before, after] : [after, before]) {
        if (toWall(wall - offset) === wall) return wall - offset;
      }
      return wall - before;
    },
  };
}
