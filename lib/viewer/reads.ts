import { recordEvent } from '../capture/record-audit';
import { messageOf } from '../errors';
import type { Visit } from './visit';
import { asVisitor } from './visitor';

/** Whose records somebody has looked at, as far as one was named. */
export interface Looked {
  readonly type: string | null;
  readonly id: string | null;
}

/**
 * Records that somebody has looked, with what was asked for: once a request, and only where the option asks for it.
 * That it cannot be recorded does not keep anybody from reading; the log says so.
 */
export async function recordRead(
  visit: Visit,
  looked: Looked,
  asked: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!visit.auditReads) return;
  const { trail } = visit;
  try {
    await asVisitor(visit, () =>
      recordEvent(trail, {
        event: 'read',
        auditableType: looked.type,
        auditableId: looked.id,
        oldValues: null,
        newValues: { ...asked },
      }),
    );
  } catch (error) {
    trail.settings.logger.error(`That the audit trail was read could not be recorded: ${messageOf(error)}`);
  }
}
