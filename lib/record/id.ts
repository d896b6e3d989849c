import { randomFillSync } from 'node:crypto';

import { V7Generator } from 'uuidv7';

const words = new Uint32Array(1024);
let used = words.length;

/** As strong as the package's own, which asks the system for the next eight words at every other id. */
const random = {
  nextUint32(): number {
    if (used === words.length) {
      randomFillSync(words);
      used = 0;
    }
    return words[used++] as number;
  },
};

const ids = new V7Generator(random);
// By default it begins anew when the clock is set back by more than ten seconds. 48 bits: never.
ids.setRollbackAllowance(2 ** 48 - 1);

/** A record's id: ascending within a process, also when its clock is set back; then ids go on from where they were. */
export function newId(): string {
  return ids.generate().toString();
}
