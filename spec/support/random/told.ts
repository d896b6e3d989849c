import type { Audit } from '../../../lib';

/**
 * What a call said of its audit is on its records, and on no others: a call of a script gives a reason, and the
 * same number as tag and user (see operations.ts), for one model. Throws with the first record that is not so.
 */
export function expectCalls(audits: readonly Audit[]): void {
  const models = new Map<unknown, string | null>();
  for (const { context, tags, userType, userId, auditableType, event } of audits) {
    const reason = context?.reason ?? null;
    const number = typeof reason === 'string' ? reason.replace('call ', '') : null;
    const should = number === null ? [null, null, null] : [[reason], 'User', number];
    const is = [tags, userType, userId];
    if (reason !== null && !models.has(reason)) models.set(reason, auditableType);
    const model = reason === null ? auditableType : models.get(reason);
    if (JSON.stringify([should, model]) === JSON.stringify([is, auditableType])) continue;
    throw new Error(`A ${event} ${auditableType} of ${JSON.stringify(reason)} has ${JSON.stringify(is)}`);
  }
}
