import type { ModelName } from './library';

/** A value as JSON, so that a script can be printed: what JSON cannot hold is marked, see encoded.ts. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
export type PlainValues = Readonly<Record<string, Plain>>;

export interface Condition {
  readonly attribute: string;
  readonly is: 'gt' | 'lte' | 'in' | 'ne';
  readonly value: Plain;
}

/** One call, in plain data: it means the same whatever the other steps of the script are. */
export interface Operation {
  readonly call: string;
  readonly model: ModelName;
  /** Which of the rows there are by then, counted round and round in the order of their keys. */
  readonly row?: number;
  readonly values?: PlainValues;
  /** Further values, of further rows or of further writes. */
  readonly more?: readonly PlainValues[];
  readonly where?: Condition;
  readonly options?: PlainValues;
}

/** A transaction; within another, a savepoint. */
export interface Block {
  readonly ends: 'commit' | 'rollback';
  readonly steps: readonly Step[];
}

/** What runs at the same time, each on a connection of its own. What comes of it is another thing every time. */
export interface Together {
  readonly atOnce: true;
  readonly steps: readonly Step[];
}

export type Group = Block | Together;
export type Step = Operation | Group;
export type Script = readonly Step[];

export function isGroup(step: Step): step is Group {
  return 'steps' in step;
}

export function isTogether(step: Step): step is Together {
  return 'atOnce' in step;
}

export function operationsOf(script: Script): Operation[] {
  return script.flatMap((step) => (isGroup(step) ? operationsOf(step.steps) : [step]));
}

/** One line an operation, indented within transactions. */
export function printed(script: Script, indent = ''): string {
  return script
    .map((step) => {
      if (!isGroup(step)) return indent + JSON.stringify(step);
      const [begin, end] = isTogether(step) ? ['at the same time', 'end'] : ['begin', step.ends];
      return `${indent}${begin}\n${printed(step.steps, `${indent}  `)}\n${indent}${end}`;
    })
    .join('\n');
}
