import { QueryTypes } from 'sequelize';

import { AuditError } from '../../lib/errors';
import { nearest, suggestion } from '../../lib/known-names';
import type { Database } from '../../lib/storage/database';
import type { AuditFilter } from '../../lib/storage/reading/audit-query';
import type { AuditTrail } from '../../lib/trail/trail';
import { shortened } from '../output';

const EVENTS = ['created', 'updated', 'deleted', 'restored'];
const NEIGHBOURS = 3;
const SHOWN_OF_NAME = 200;

/**
 * Why a search has found nothing, for a person. Throws AUDIT_NOT_FOUND where it was for a model, or one of its
 * records, that the trail does not know; with what may have been meant.
 */
export async function explainNothing(
  { history, database }: AuditTrail,
  filter: AuditFilter,
): Promise<string> {
  const { model, id, withChildren } = filter;
  if (typeof model === 'string') {
    assertModel(await history.models(), model);
    if (typeof id === 'string') {
      const named = { model, id, ...(withChildren === undefined ? {} : { withChildren }) };
      const { audits } = await history.search({ ...named, limit: 1 });
      if (audits.length === 0) throw await unknownRecord(database, model, id);
    }
  }
  const events = [filter.event ?? []].flat();
  const hints = events.flatMap((event) => {
    const meant = EVENTS.includes(event) ? undefined : nearest(event, EVENTS);
    return meant ? [` Did you mean the event "${meant}"?`] : [];
  });
  return `No records.${hints.join('')}`;
}

function assertModel(models: readonly string[], model: string): void {
  if (models.includes(model)) return;
  const shown = shortened(model, SHOWN_OF_NAME);
  throw new AuditError(
    'AUDIT_NOT_FOUND',
    models.length === 0
      ? `The trail is empty: nothing of a model "${shown}", or of any other.`
      : `The trail has nothing of a model "${shown}".${suggestion(model, models)}`,
  );
}

async function unknownRecord(database: Database, model: string, id: string): Promise<AuditError> {
  const around = [
    ...(await neighbours(database, model, id, 'MIN', '>')),
    ...(await neighbours(database, model, id, 'MAX', '<')),
  ];
  const near = nearest(id, around);
  return new AuditError(
    'AUDIT_NOT_FOUND',
    `The trail has nothing of ${model} "${shortened(id, SHOWN_OF_NAME)}".${near ? ` Did you mean "${near}"?` : ''}`,
  );
}

/** The next keys on one side, each by one look at the index. */
async function neighbours(
  { sequelize }: Database,
  model: string,
  id: string,
  next: 'MIN' | 'MAX',
  beyond: '>' | '<',
): Promise<string[]> {
  const found: string[] = [];
  while (found.length < NEIGHBOURS) {
    const [row] = await sequelize.query<{ id: string | null }>(
      `SELECT ${next}(auditable_id) AS id FROM audits WHERE auditable_type = :model AND auditable_id ${beyond} :from`,
      {
        replacements: { model, from: found.at(-1) ?? id },
        type: QueryTypes.SELECT,
        logging: false,
      },
    );
    if (typeof row?.id !== 'string') break;
    found.push(row.id);
  }
  return found;
}
