import { distance } from 'fastest-levenshtein';

import { AuditError } from './errors';

/** The nearest of the names, if it is near enough to have been meant. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, steps: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best && best.steps <= Math.max(2, Math.floor(given.length / 3)) ? best.name : undefined;
}

/** ` Did you mean "x"?`, or the whole list where nothing is near; empty where there are no names. */
export function suggestion(given: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const name = nearest(given, names);
  return name ? ` Did you mean "${name}"?` : ` Known are: ${names.join(', ')}.`;
}

/** Throws AUDIT_OPTION for what is no object, and for the first key that is not one of the names. */
export function assertKnownKeys(given: unknown, names: readonly string[], what: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new AuditError(
      'AUDIT_OPTION',
      `Give an object for each ${what}, by name; known are: ${names.join(', ')}.`,
    );
  }
  for (const key of Object.keys(given)) {
    if (!names.includes(key)) {
      throw new AuditError('AUDIT_OPTION', `Unknown ${what} "${key}".${suggestion(key, names)}`);
    }
  }
}
