import Table from 'cli-table3';
import pc from 'picocolors';

import { withoutPasswords } from '../lib/server-urls';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours only where a person looks, and where NO_COLOR (no-color.org) does not forbid them. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  return pc.createColors(Boolean(stream.isTTY) && !process.env.NO_COLOR);
}

/** Where a command writes to: text for people or, with `--json`, one document for programs. Logs take another way. */
export class Output {
  readonly colors = colorsFor(process.stdout);

  private constructor(
    readonly json: boolean,
    /** Whether errors are shown with their stack. */
    readonly debug: boolean,
  ) {}

  static of(options: { json?: boolean | undefined; logLevel?: string | undefined }): Output {
    const level = options.logLevel ?? process.env.AUDIT_LOG_LEVEL;
    return new Output(options.json === true, level === 'debug');
  }

  /** Whether there is somebody to look at a bar. */
  get showsProgress(): boolean {
    return !this.json && Boolean(process.stderr.isTTY);
  }

  /** What a person wants to know on the way. */
  note(text: string): void {
    if (!this.json) process.stdout.write(`${withoutPasswords(text)}\n`);
  }

  /** What the command has to say in the end; once. */
  result(document: object, text: () => string): void {
    if (this.json) process.stdout.write(`${jsonText(document, 2)}\n`);
    else this.note(text());
  }

  /** One paragraph on stderr, however many lines the message has. */
  error(code: string | undefined, message: string, stack: string | undefined): void {
    const safe = withoutPasswords(message);
    const { red, dim } = colorsFor(process.stderr);
    // Names in it may come from records.
    const paragraph = printable(safe.replace(/\s*\n\s*/g, ' ').trim());
    process.stderr.write(`${red('audit:')} ${paragraph}${code ? dim(` [${code}]`) : ''}\n`);
    if (this.debug && stack) process.stderr.write(`${withoutPasswords(stack)}\n`);
    if (this.json) this.result({ error: { code: code ?? null, message: paragraph } }, () => '');
  }

  table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
    // Colours are ours to choose: the table's own would also go to files.
    const style = { head: [], border: [], compact: true };
    const titles = head ? { head: head.map((title) => this.colors.bold(title)) } : {};
    const table = new Table({ style, ...titles });
    table.push(...rows.map((row) => [...row]));
    return table.toString();
  }

  /** Columns below each other, without lines around them. */
  plainTable(rows: readonly (readonly string[])[], head: readonly string[] = []): string {
    const style = { head: [], border: [], compact: true, 'padding-left': 2, 'padding-right': 0 };
    const table = new Table({ style, chars: NO_LINES, head: head.map((title) => this.colors.dim(title)) });
    table.push(...rows.map((row) => [...row]));
    return withoutTrailingSpaces(table.toString());
  }
}

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('left-mid', 'mid-mid', 'right-mid', 'middle')
    .map((name) => [name, '']),
);

function withoutTrailingSpaces(text: string): string {
  return text.replace(/ +$/gm, '');
}

/** The JSON of anything, with characters that a terminal would obey in their escaped form. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (character) =>
    // Each half of a pair by itself, as JSON wants it.
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** What a record holds is anybody's: no control character of it reaches a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

/** A text of any length, as far as a table can show it: making one of megabytes takes minutes. */
export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** 12345 as people read it. */
export function amount(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 record`, `2 records`. */
export function records(number: number): string {
  return `${amount(number)} ${number === 1 ? 'record' : 'records'}`;
}
