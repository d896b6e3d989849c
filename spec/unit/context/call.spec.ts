import { expect } from 'chai';

import type { AuditContext, CallContext } from '../../../lib/context/audit-context';
import { contextFields, runWithAuditContext } from '../../../lib/context/scope';
import { warningsOf } from '../helpers/warnings';

describe('What a call says of itself', () => {
  const outer = {
    user: { id: 1 }, url: '/a', requestId: 'r', tags: ['web'], reason: 'outer', extra: { step: 1, ticket: 5 },
  } satisfies AuditContext; // prettier-ignore
  const fields = {
    userType: 'User', userId: '1', url: '/a', requestId: 'r', ipAddress: null, userAgent: null, tags: ['web'],
    context: { step: 1, ticket: 5, reason: 'outer' },
  }; // prettier-ignore
  const fieldsWith = (call: unknown, context: AuditContext = outer): object =>
    runWithAuditContext(context, () => contextFields(call as CallContext));

  it('is enough where there is no context', () => {
    const call: CallContext = {
      user: { type: 'Job', id: 7 }, onBehalfOf: { id: 8 }, reason: 'nightly', tags: ['cron'], extra: { run: 1 },
    }; // prettier-ignore

    expect(contextFields(call)).to.deep.equal({
      ...{ url: null, requestId: null, ipAddress: null, userAgent: null },
      ...{ userType: 'Job', userId: '7', tags: ['cron'] },
      context: { run: 1, onBehalfOf: { type: 'User', id: '8' }, reason: 'nightly' },
    });
  });

  it('wins over the context around it; tags and extra fields are added', () => {
    expect(
      fieldsWith({ user: { id: 2 }, reason: 'own', tags: ['own', 'web'], extra: { step: 2, own: true } }),
    ).to.deep.equal({
      ...fields,
      userId: '2',
      tags: ['web', 'own'],
      context: { step: 2, ticket: 5, own: true, reason: 'own' },
    });
  });

  it('changes nothing but what it says, and nothing afterwards', () => {
    runWithAuditContext(outer, () => {
      expect(contextFields({})).to.deep.equal(fields);
      expect(contextFields({ user: undefined, tags: undefined })).to.deep.equal(fields);
      expect(contextFields({ user: null })).to.deep.equal({ ...fields, userType: null, userId: null });
      expect(contextFields({ reason: 'own', tags: ['own'], extra: { own: 1 } })).to.not.deep.equal(fields);
      expect(contextFields()).to.deep.equal(fields);
    });
  });

  it('may end acting for another, or begin it', () => {
    const context: AuditContext = { user: { id: 1 }, onBehalfOf: () => ({ id: 2 }) };

    expect(fieldsWith({}, context)).to.deep.include({ context: { onBehalfOf: { type: 'User', id: '2' } } });
    expect(fieldsWith({ onBehalfOf: null }, context)).to.deep.include({ userId: '1', context: null });
    expect(fieldsWith({ onBehalfOf: () => ({ id: 3 }) }, context)).to.deep.include({
      context: { onBehalfOf: { type: 'User', id: '3' } },
    });
  });

  it('spares the context’s function for a user that it names itself', () => {
    let asked = 0;
    const context = { user: () => ({ id: ++asked }) };

    expect(fieldsWith({ user: { id: 'own' } }, context)).to.include({ userId: 'own' });
    expect(asked).to.equal(0);
    expect(fieldsWith({ reason: 'own' }, context)).to.include({ userId: '1' });
  });

  it('has its secrets masked', () => {
    expect(fieldsWith({ extra: { apiKey: 'k', deep: { password: 'p' } } }, {})).to.deep.include({
      context: { apiKey: '[redacted]', deep: { password: '[redacted]' } },
    });
  });

  it('is left out where it cannot be used, with one warning each, and the rest holds', async () => {
    const wrong = {
      user: { name: 'bob' },
      onBehalfOf: () => {
        throw new Error('nobody there');
      },
      tags: 'own',
      extra: 'text',
      reason: 'own',
    };
    let seen: object[] = [];

    const warnings = await warningsOf(() => (seen = [fieldsWith(wrong), fieldsWith(wrong)]));

    const rest = { ...fields, context: { step: 1, ticket: 5, reason: 'own' } };
    expect(seen).to.deep.equal([rest, rest]);
    expect(warnings.map((text) => /^The (\w+) of a call's audit context cannot/.exec(text)?.[1])).to.deep.equal([
      'user', 'onBehalfOf', 'extra', 'tags',
    ]); // prettier-ignore
  });

  it('never throws, whatever it is', () => {
    const hostile = new Proxy({}, {
      get: () => {
        throw new Error('no');
      },
    }); // prettier-ignore

    for (const call of [null, 5, 'text', true, [], hostile]) {
      expect(fieldsWith(call)).to.deep.equal(fields);
    }
  });
});
