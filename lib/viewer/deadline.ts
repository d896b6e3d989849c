import { withinTime } from '../status/answer';
import { Refusal } from './refusal';

const ANSWER_MS = 20_000;

/** What reading comes to, or a refusal (503) when it takes longer than twenty seconds. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return withinTime(work, ANSWER_MS, tooLate);
}

function tooLate(): Refusal {
  const message = `The database gave no answer within ${ANSWER_MS / 1000} seconds. Narrow the search, or try again.`;
  return new Refusal(503, 'NO_ANSWER', message, { 'Retry-After': '10' });
}
