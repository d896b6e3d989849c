import type { Difference } from '../../lib/record/diff';
import { MASK } from '../../lib/record/redaction';
import type { Audit } from '../../lib/storage/audit-model';
import { amount } from '../output';
import type { Colors } from '../output';
import { cutText, isCut, pathText, SHOWN_OF_VALUE, valueText } from './value-text';
import { wordDiff } from './word-diff';

/** Texts from this length on are shown as one, with their differences marked. */
const LONG_TEXT = 60;
const MOST_CHANGES = 100;
const MOST_IN_SHORT = 5;

/** What a record says was done, a line for each place that is different. */
export function changeLines(audit: Audit, colors: Colors): string[] {
  const { oldValues, newValues } = audit;
  const cut = [oldValues, newValues].filter((values) => isCut(values));
  if (cut.length > 0) return cut.map((values) => `values: ${cutText(values, SHOWN_OF_VALUE)}`);
  const differences = audit.diff();
  const lines = differences.slice(0, MOST_CHANGES).flatMap((each) => linesOf(each, colors));
  if (differences.length > MOST_CHANGES)
    lines.push(colors.dim(`… and ${amount(differences.length - MOST_CHANGES)} more; --json shows all`));
  const hidden = hiddenNames(audit, differences);
  return [...lines, ...hidden.map((name) => colors.dim(`  ${pathText([name])}: ${hiddenText(audit, name)}`))];
}

/** The same in a few words: `price: 1000 → 1200, name`. */
export function changesInShort(audit: Audit, longest: number): string {
  const differences = audit.diff();
  const hidden = hiddenNames(audit, differences);
  const texts =
    audit.event === 'updated'
      ? [...differences.slice(0, MOST_IN_SHORT).map(shortText), ...hidden.map((name) => pathText([name]))]
      : [];
  const whole = texts.join(', ');
  if (texts.length > 0 && differences.length <= MOST_IN_SHORT && whole.length <= longest) return whole;
  const changed = differences.slice(0, MOST_CHANGES).map(({ path }) => path[0]!);
  const names = [...new Set([...changed, ...hidden])].map((name) => pathText([name])).join(', ');
  return names.length > longest ? `${names.slice(0, longest)}…` : names;
}

function shortText({ path, before, after }: Difference): string {
  return `${pathText(path)}: ${valueText(before, 30)} → ${valueText(after, 30)}`;
}

function linesOf({ path, kind, before, after }: Difference, colors: Colors): string[] {
  const name = pathText(path);
  if (kind === 'added') return [colors.green(`+ ${name}: ${valueText(after)}`)];
  if (kind === 'removed') return [colors.red(`- ${name}: ${valueText(before)}`)];
  const words = isLong(before) || isLong(after) ? wordsOf(before, after, colors) : undefined;
  if (words) return [`  ${colors.bold(name)}:`, ...words.map((line) => `      ${line}`)];
  return [`  ${colors.bold(name)}: ${colors.red(valueText(before))} → ${colors.green(valueText(after))}`];
}

function wordsOf(before: unknown, after: unknown, colors: Colors): string[] | undefined {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  return wordDiff(before, after, colors);
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && (value.length >= LONG_TEXT || value.includes('\n'));
}

/** Masked values are the same before and after, and have changed all the same. */
function hiddenNames({ event, oldValues, newValues }: Audit, differences: readonly Difference[]): string[] {
  if (event === 'deleted' || !oldValues || !newValues) return [];
  const seen = new Set(differences.map(({ path }) => path[0]));
  return Object.keys(newValues).filter((name) => Object.hasOwn(oldValues, name) && !seen.has(name));
}

function hiddenText({ newValues }: Audit, name: string): string {
  return newValues?.[name] === MASK ? `${MASK} → ${MASK}` : 'the same, but for what is masked';
}
