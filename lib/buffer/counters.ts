import type { DriverCounters } from './contract';

/** Of a driver that has been given nothing. */
export const NO_RECORDS: Readonly<DriverCounters> = {
  captured: 0,
  journaled: 0,
  stored: 0,
  held: 0,
  dropped: 0,
};

export function sumOf(a: DriverCounters, b: DriverCounters): DriverCounters {
  return {
    captured: a.captured + b.captured,
    journaled: a.journaled + b.journaled,
    stored: a.stored + b.stored,
    held: a.held + b.held,
    dropped: a.dropped + b.dropped,
  };
}
