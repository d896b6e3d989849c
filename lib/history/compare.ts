import type { Model } from 'sequelize';

import { valuesOf } from '../adapter/model';
import { differencesOf } from '../record/diff';
import type { Difference } from '../record/diff';
import { AuditError } from '../errors';

/**
 * What is different between two states of a record, or of two records: instances, as `asOf` gives them or as they are
 * now, or plain objects of values. Null stands for a state in which there was none. In the order of the attributes.
 * Throws AUDIT_QUERY for anything else.
 */
export function compare(before: object | null, after: object | null): Difference[] {
  return differencesOf(stateOf(before), stateOf(after));
}

function stateOf(given: object | null): Record<string, unknown> {
  if (given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new AuditError('AUDIT_QUERY', 'compare needs two instances, or objects of values by attribute.');
  }
  return 'dataValues' in given ? valuesOf(given as Model).dataValues : { ...given };
}
