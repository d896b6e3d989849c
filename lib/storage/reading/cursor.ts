import { AuditError } from '../../errors';

/** In which direction a page goes on. */
export type Direction = 'newest' | 'oldest';

const FORM = /^(newest|oldest):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Where a page ends, as text that callers hand back and need not understand. */
export function cursorAt(order: Direction, id: string): string {
  return Buffer.from(`${order}:${id}`).toString('base64url');
}

/** The id of the last record that was looked at. Throws AUDIT_CURSOR. */
export function idOfCursor(cursor: string, order: Direction): string {
  const text = typeof cursor === 'string' ? cursor : '';
  const [, direction, id] = FORM.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (id === undefined) {
    throw new AuditError(
      'AUDIT_CURSOR',
      `"${text.slice(0, 100)}" is no cursor. Give \`next\` of the page before, or none for the first page.`,
    );
  }
  if (direction === order) return id;
  throw new AuditError(
    'AUDIT_CURSOR',
    `The cursor belongs to pages with the order "${direction}", and this one asks for "${order}".`,
  );
}
