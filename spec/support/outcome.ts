import { Model } from 'sequelize';

/** What a call has come to, as plain data that can be compared. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { returned: plain(await call()) };
  } catch (error) {
    return { threw: plain(error) };
  }
}

/**
 * A result of Sequelize as plain data: instances with all that they know of themselves, errors with all that
 * an application may look at. `neutral` takes what may differ (a table's name) out of texts.
 */
export function plain(value: unknown, neutral: (text: string) => string = withoutKind): unknown {
  const inner = (item: unknown): unknown => plain(item, neutral);
  if (typeof value === 'string') return neutral(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value === undefined) return '(undefined)';
  if (typeof value === 'function') return '(function)';
  if (typeof value !== 'object' || value === null) return value;
  // Two calls do not happen at the same time.
  if (value instanceof Date) return '(date)';
  if (Buffer.isBuffer(value)) return `(buffer ${value.toString('hex')})`;
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Model) return instance(value, inner);
  if (value instanceof Error) return error(value, inner);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [neutral(key), inner(item)]));
}

interface Inside {
  dataValues: Record<string, unknown>;
  _previousDataValues: Record<string, unknown>;
  isNewRecord: boolean;
}

function instance(value: Model, inner: (item: unknown) => unknown): unknown {
  const { dataValues, _previousDataValues, isNewRecord } = value as unknown as Inside;
  return {
    instance: inner(dataValues),
    previous: inner(_previousDataValues),
    changed: inner(value.changed()),
    isNewRecord,
  };
}

/** Not the SQL, which may be another one; the mariadb driver puts it into the message, and its connection. */
function error(value: Error, inner: (item: unknown) => unknown): unknown {
  const { errors, fields, table, index, value: refused, parent } = value as Error & Record<string, unknown>;
  const items = Array.isArray(errors) ? (errors as Record<string, unknown>[]) : [];
  const { code, errno } = (parent ?? {}) as Record<string, unknown>;
  return inner({
    class: value.constructor.name, name: value.name, message: value.message.replace(/^\(conn:\d+, /, '(').replace(/\nsql: [^]*/, ''), fields, table, index, refused,
    parent: { code, errno },
    errors: items.map(({ message, type, path, value: item, validatorKey, instance: of }) => ({ message, type, path, item, validatorKey, of })),
  }); // prettier-ignore
}

/** The audited model and its plain twin differ in this part of their names only. */
function withoutKind(text: string): string {
  return text.replace(/(audited|plain)_/gi, '');
}
