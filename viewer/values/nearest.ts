import { distance } from 'fastest-levenshtein';

/** The known name that is most like another, whatever their case; undefined if none is near enough to have been meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best && best.steps <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}
