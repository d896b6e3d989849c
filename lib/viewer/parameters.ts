import { AuditError } from '../errors';
import { suggestion } from '../known-names';
import { dateOf } from '../record/moment';

/** Longer is nothing that the trail holds. */
const LONGEST = 1024;
const MOST_REPEATED = 50;
/** ISO 8601, of years that every database knows. */
const DATE = /^[1-9]\d{3}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** The query string of a request, read with names that are known. All its members throw AUDIT_QUERY. */
export class Parameters {
  private readonly values: URLSearchParams;

  /** Only `repeatable` ones may be there more than once. */
  constructor(search: string, names: readonly string[], repeatable: readonly string[] = []) {
    this.values = new URLSearchParams(search);
    for (const [name, value] of this.values) {
      if (!names.includes(name))
        throw wrong(`There is no parameter ${quoted(name)}.${suggestion(name, names)}`);
      if (value.length > LONGEST || value.includes('\0'))
        throw wrong(`The parameter "${name}" must be a text of up to ${LONGEST} characters.`);
      const count = this.values.getAll(name).length;
      if (count > (repeatable.includes(name) ? MOST_REPEATED : 1))
        throw wrong(`The parameter "${name}" is given ${count} times, which is too often.`);
    }
  }

  /** An empty one is as good as none. */
  text(name: string): string | undefined {
    return this.values.get(name) || undefined;
  }

  needed(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw wrong(`The parameter "${name}" is missing.`);
    return text;
  }

  texts(name: string): string[] | undefined {
    const texts = this.values.getAll(name).filter((text) => text !== '');
    return texts.length > 0 ? texts : undefined;
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = known.find((each) => each === text);
    if (text === undefined || found !== undefined) return found;
    throw wrong(`The parameter "${name}" is ${quoted(text)}.${suggestion(text, known)}`);
  }

  date(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (DATE.test(text)) return dateOf(text, `The parameter "${name}"`);
    throw wrong(
      `The parameter "${name}" must be a date such as 2026-03-01T10:00:00Z; it is ${quoted(text)}.`,
    );
  }

  number(name: string, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= most) return number;
    throw wrong(`The parameter "${name}" must be a whole number from 1 to ${most}; it is ${quoted(text)}.`);
  }

  /** All that was given, by name. */
  given(without: readonly string[] = []): Record<string, string | string[]> {
    const names = [...new Set(this.values.keys())].filter((name) => !without.includes(name));
    const entries = names.flatMap((name): [string, string | string[]][] => {
      const texts = this.texts(name);
      return texts ? [[name, texts.length === 1 ? (texts[0] as string) : texts]] : [];
    });
    return Object.fromEntries(entries);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}

function wrong(message: string): AuditError {
  return new AuditError('AUDIT_QUERY', message);
}
