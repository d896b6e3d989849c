const SECOND = 1000;
/** Since 1972 clocks change at quarters of an hour only. */
const QUARTER = 15 * 60 * SECOND;
/** Far enough to see the offsets on both sides of a change. */
const DAY = 24 * 60 * 60 * SECOND;
/** Until then some zones were off by seconds, which libraries round in various ways; Liberia's was the last. */
const WHOLE_MINUTES_SINCE = Date.UTC(1972, 5, 1);
const MAX_REMEMBERED = 1000;

const OFFSET = /([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?$/;
const UTC = /^(?:Z|UTC|GMT|Etc\/UTC)$/;

/** Sequelize's option `timezone`: between instants and what a clock on the wall shows there, both in milliseconds. */
export interface Zone {
  /** Whether everyone takes an instant's offset for the same. */
  isCertain(instant: number): boolean;
  toInstant(wall: number): number;
  /** The instant that is left when all that is kept is the wall clock: of an hour that comes twice the first time. */
  normalise(instant: number): number;
}

/** Takes `+02:00`, `Z`, or a name like `Europe/Berlin`. What is none of them counts as UTC. */
export function zoneOf(timezone: string): Zone {
  if (UTC.test(timezone) || OFFSET.test(timezone)) return fixed(offsetOf(timezone));
  try {
    return named(timezone);
  } catch {
    return fixed(0);
  }
}

/** Milliseconds that the end of a text like `GMT+01:00`, `-0530` or `+00:53:28` is ahead of UTC; 0 if there is no offset. */
export function offsetOf(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(text) ?? [];
  const ahead = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND;
  return sign === '-' ? -ahead : ahead;
}

function fixed(offset: number): Zone {
  return {
    isCertain: () => true,
    toInstant: (wall) => wall - offset,
    normalise: (instant) => instant,
  };
}

/** Throws RangeError if there is no such zone. */
function named(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const remembered = new Map<number, number>();
  const offsetAt = (instant: number): number => {
    const quarter = Math.floor(instant / QUARTER);
    let offset = remembered.get(quarter);
    if (offset === undefined) {
      offset = offsetOf(format.format(instant));
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(quarter, offset);
    }
    return offset;
  };
  const toInstant = (wall: number): number => {
    const [before, after] = [offsetAt(wall - DAY), offsetAt(wall + DAY)];
    const earliest = wall - Math.max(before, after);
    if (earliest + offsetAt(earliest) === wall) return earliest;
    const latest = wall - Math.min(before, after);
    // A time that is skipped counts on from before, as moment has it.
    return latest + offsetAt(latest) === wall ? latest : wall - before;
  };
  return {
    isCertain: (instant) => instant >= WHOLE_MINUTES_SINCE,
    toInstant,
    normalise: (instant) => toInstant(instant + offsetAt(instant)),
  };
}
