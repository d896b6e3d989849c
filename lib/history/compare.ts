import type { Model } from 'sequelize';

import { modelOfInstance, valuesOf } from '../adapter/model';
import { AuditedModel } from '../capture/model/audited-model';
import { differencesOf } from '../record/diff';
import type { Difference } from '../record/diff';
import type { Values } from '../record/values';
import { AuditError } from '../errors';

/**
 * What is different between two states of a record, or of two records: instances, as `asOf` gives them or as they are
 * now, or plain objects of values. Null stands for a state in which there was none. In the order of the attributes.
 * Throws AUDIT_QUERY for anything else.
 */
export function compare(before: object | null, after: object | null): Difference[] {
  const [old, now] = [stateOf(before), stateOf(after)];
  return differencesOf(old, { ...now, ...sameByType(before, after, old, now) });
}

/** Attributes of two instances that hold the same in different forms, such as '1.10' and 1.1 of a DECIMAL: as the first has them. */
function sameByType(before: object | null, after: object | null, old: Values, now: Values): Values {
  const model = before && modelOfInstance(before);
  const audited = model && AuditedModel.of(model);
  if (!audited || !after || AuditedModel.of(modelOfInstance(after) ?? model)?.name !== audited.name)
    return {};
  const same = audited.columns.all.filter(
    ({ name, type }) =>
      name in old && name in now && type.equal(type.fromInstance(old[name]), type.fromInstance(now[name])),
  );
  return Object.fromEntries(same.map(({ name }) => [name, old[name]]));
}

function stateOf(given: object | null): Values {
  if (given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new AuditError('AUDIT_QUERY', 'compare needs two instances, or objects of values by attribute.');
  }
  return 'dataValues' in given ? { ...valuesOf(given as Model).dataValues } : { ...given };
}
