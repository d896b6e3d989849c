import { V7Generator } from 'uuidv7';

const ids = new V7Generator();
// By default it begins anew when the clock is set back by more than ten seconds. 48 bits: never.
ids.setRollbackAllowance(2 ** 48 - 1);

/** A record's id: ascending within a process, also when its clock is set back; then ids go on from where they were. */
export function newId(): string {
  return ids.generate().toString();
}
