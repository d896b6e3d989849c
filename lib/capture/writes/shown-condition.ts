import { isSqlExpression } from '../../adapter/model';
import { mask, MASK, maskWithin } from '../../record/redaction';
import type { AuditedModel } from '../model/audited-model';
import type { Column, Columns } from '../model/columns';

/**
 * Conditions and set values of a statement as a record may show them: what JSON holds and people read, by the names
 * of attributes, without those that are not audited, and masked where they are to be. SQL says what it likes: of a
 * model with anything to hide none of it is shown.
 */
export class Shown {
  private readonly columns: Columns;
  private readonly maskNested: (value: unknown) => unknown;

  constructor(
    audited: AuditedModel,
    private readonly application: object,
  ) {
    this.columns = audited.columns;
    this.maskNested = audited.options.redact === false ? (value) => value : maskWithin;
  }

  /** A condition by the names of columns, as the query interface takes it. */
  condition(where: unknown): unknown {
    return this.maskNested(this.conditions(where));
  }

  /** What a column is compared with or set to: a value, `{ [Op.gt]: 5 }`, SQL. */
  operand(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.operand(item));
    if (this.isExpression(value)) return this.columns.haveSecrets ? MASK : this.expression(value);
    if (!isPlain(value)) return value;
    return Object.fromEntries(entriesOf(value).map(([key, item]) => [nameOf(key), this.operand(item)]));
  }

  private conditions(where: unknown): unknown {
    if (Array.isArray(where)) return where.map((item) => this.conditions(item));
    if (!isPlain(where)) {
      const isSql = typeof where === 'string' && this.columns.haveSecrets;
      return isSql ? MASK : this.operand(where);
    }
    return Object.fromEntries(
      entriesOf(where).flatMap(([key, value]): [string, unknown][] =>
        // `Op.and` and the like hold conditions.
        typeof key === 'symbol' ? [[nameOf(key), this.conditions(value)]] : this.comparison(key, value),
      ),
    );
  }

  private comparison(key: string, value: unknown): [string, unknown][] {
    const column = this.columnOf(key);
    if (!column) return [[key, this.columns.haveSecrets ? mask(value) : this.operand(value)]];
    if (!column.isAudited) return [];
    const name = key === column.field ? column.name : key;
    return [[name, column.isRedacted ? mask(value) : this.operand(value)]];
  }

  /** Of `field`, of a path into its JSON (`field.a.b`), or with its table (`$table.field$`). */
  private columnOf(key: string): Column | undefined {
    const { byField } = this.columns;
    const parts = key.replace(/^\$|\$$/g, '').split('.');
    return byField.get(key) ?? byField.get(parts[0] ?? '') ?? byField.get(parts.at(-1) ?? '');
  }

  private isExpression(value: unknown): value is object {
    return isSqlExpression(value, this.application);
  }

  private expression(sql: object): unknown {
    const { val, fn, args, col, attribute, comparator, logic, ...others } = sql as Record<string, unknown>;
    if (typeof fn === 'string') return { fn, args: this.operand(args) };
    if (typeof col === 'string') return { col };
    if (comparator !== undefined) {
      const name = (attribute as { fieldName?: unknown } | null)?.fieldName ?? this.operand(attribute);
      return {
        where: [name, typeof comparator === 'symbol' ? nameOf(comparator) : comparator, this.operand(logic)],
      };
    }
    if ('type' in others) return { cast: this.operand(val), type: others.type };
    return val === undefined ? { json: this.operand(others) } : { literal: val };
  }
}

function entriesOf(value: object): [string | symbol, unknown][] {
  return Reflect.ownKeys(value).map((key) => [key, (value as Record<string | symbol, unknown>)[key]]);
}

/** Operators are symbols: `Op.gt` is `gt`. */
function nameOf(key: string | symbol): string {
  return typeof key === 'symbol' ? (key.description ?? '') : key;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
