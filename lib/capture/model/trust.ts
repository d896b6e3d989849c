import type { Model, Transaction } from 'sequelize';

import { isRolledBack } from '../../adapter/sequelize';

/** Why what an instance holds may not be what its row holds. */
interface Doubts {
  /** A write of the instance met no row: what it holds is in none. */
  missed: boolean;
  /** By attribute: the transaction of the last write, which may still be undone; null where the value is not known. */
  readonly byName: Map<string, Transaction | null>;
}

/** A doubt is ended by a write, not by loading the instance anew: that may have been inside of what is undone later. */
const doubts = new WeakMap<Model, Doubts>();

/** Remembers what a write through an instance says of the attributes that it wrote, and holds since. */
export function noteWrite(
  instance: Model,
  names: readonly string[],
  transaction: Transaction | undefined,
  missed: boolean,
): void {
  if (missed) doubtsOf(instance).missed = true;
  else if (transaction) for (const name of names) doubtsOf(instance).byName.set(name, transaction);
  // The others keep theirs: a rollback is not made good by a write of something else.
  else for (const name of names) doubts.get(instance)?.byName.delete(name);
}

/** Remembers that a write changed attributes in the row to what the instance need not hold: a counter. */
export function noteUnknown(instance: Model | undefined, names: readonly string[]): void {
  if (instance) for (const name of names) doubtsOf(instance).byName.set(name, null);
}

/**
 * Whether what an instance holds of some attributes can be what its row holds: of none after a rollback of what it
 * wrote, until all of that is written again, because others may have written to the row since it was loaded; nor
 * after a write that met no row.
 */
export function isTrusted(instance: Model, names: readonly string[]): boolean {
  const doubt = doubts.get(instance);
  if (!doubt) return true;
  if (doubt.missed || names.some((name) => doubt.byName.get(name) === null)) return false;
  return ![...doubt.byName.values()].some((transaction) => transaction && isRolledBack(transaction));
}

function doubtsOf(instance: Model): Doubts {
  let doubt = doubts.get(instance);
  if (!doubt) doubts.set(instance, (doubt = { missed: false, byName: new Map() }));
  return doubt;
}
