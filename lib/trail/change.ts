import type { ContextFields } from '../context/parts';
import { nowMicroseconds } from '../record/clock';
import { newId } from '../record/id';
import type { Values } from '../record/values';
import { fieldsEncoder, stampLine } from '../record/wire';
import type { SharedFields } from '../record/wire';

/** What capture knows of a change; the rest of a record comes from the context and the clock. */
export interface Change {
  readonly event: string;
  readonly auditableType: string | null;
  readonly auditableId: string | null;
  readonly oldValues: Values | null;
  readonly newValues: Values | null;
  /** Added to the context's tags. */
  readonly tags?: readonly string[] | undefined;
  /** What the record belongs to as well. */
  readonly parentType?: string;
  readonly parentId?: string;
  /** Added to what the context says. */
  readonly context?: Values;
}

/** Encodes changes of one write: the records of them, but for their ids and times. */
export class ChangeEncoder {
  private latest: { readonly change: Change; readonly encode: ReturnType<typeof fieldsEncoder> } | undefined;

  constructor(
    private readonly fields: ContextFields,
    private readonly transactionId: string | null,
  ) {}

  /** Never throws. */
  encode(change: Change): string {
    if (!this.latest || !areAlike(this.latest.change, change)) {
      this.latest = { change, encode: fieldsEncoder(this.sharedBy(change)) };
    }
    const { auditableId, parentId, oldValues, newValues } = change;
    return this.latest.encode({ auditableId, parentId: parentId ?? null, oldValues, newValues });
  }

  private sharedBy({ event, auditableType, parentType, tags, context }: Change): SharedFields {
    const { fields, transactionId } = this;
    // Each by its name: a spread here takes as long as the encoding itself.
    return {
      event,
      auditableType,
      parentType: parentType ?? null,
      userType: fields.userType,
      userId: fields.userId,
      url: fields.url,
      ipAddress: fields.ipAddress,
      userAgent: fields.userAgent,
      requestId: fields.requestId,
      transactionId,
      tags: tags ? [...new Set([...(fields.tags ?? []), ...tags])] : fields.tags,
      context: context ? { ...fields.context, ...context } : fields.context,
    };
  }
}

/** Whether their records differ in nothing but the row and its values. */
function areAlike(a: Change, b: Change): boolean {
  return (
    a.event === b.event &&
    a.auditableType === b.auditableType &&
    a.parentType === b.parentType &&
    a.tags === b.tags &&
    a.context === b.context
  );
}

/** Makes them records, once: of one moment. */
export function stamped(bodies: readonly string[]): string[] {
  const now = nowMicroseconds();
  return bodies.map((body) => stampLine(newId(), body, now));
}
