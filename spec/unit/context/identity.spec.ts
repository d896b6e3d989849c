import { expect } from 'chai';

import type { AuditContext } from '../../../lib/context/audit-context';
import { contextFields, runWithAuditContext } from '../../../lib/context/scope';
import { warningsOf } from '../helpers/warnings';

/** What a Sequelize instance has in common with this is all that the context looks at. */
class Account {
  static primaryKeyAttributes = ['id'];
  readonly dataValues: Record<string, unknown>;

  constructor(id: unknown) {
    this.dataValues = { id };
  }
}

class Member extends Account {
  static override primaryKeyAttributes = ['tenant', 'number'];
}

for (const role of ['user', 'onBehalfOf'] as const) {
  describe(`The ${role} of an audit context`, () => {
    const who = (): unknown[] => {
      const { userType, userId, context } = contextFields();
      if (role === 'user') return [userType, userId];
      const { type = null, id = null } = (context?.onBehalfOf ?? {}) as { type?: unknown; id?: unknown };
      return [type, id];
    };
    const whoIn = (source: unknown): unknown[] => runWithAuditContext({ [role]: source }, who);

    it('is told by type and id', () => {
      expect(whoIn({ type: 'Admin', id: 'a-1' })).to.deep.equal(['Admin', 'a-1']);
      expect(whoIn({ id: 5n })).to.deep.equal(['User', '5']);
      expect(whoIn({ id: 0 })).to.deep.equal(['User', '0']);
      expect(whoIn({ type: null, id: 1 })).to.deep.equal(['User', '1']);
      expect(whoIn(Object.assign(Object.create(null) as object, { id: 1 }))).to.deep.equal(['User', '1']);
    });

    it('may be a Sequelize instance, told by its model and key', () => {
      expect(whoIn(new Account(42))).to.deep.equal(['Account', '42']);
      const member = new Member(0);
      Object.assign(member.dataValues, { tenant: 'x', number: 3 });
      expect(whoIn(member)).to.deep.equal(['Member', '{"number":"3","tenant":"x"}']);
      expect(whoIn(new Account(undefined))).to.deep.equal(['Account', null]);
    });

    it('is no instance because its data say so', () => {
      const data = {
        id: 1,
        constructor: { name: 'Admin', primaryKeyAttributes: ['id'] },
        dataValues: { id: 2 },
      };

      expect(whoIn(data)).to.deep.equal(['User', '1']);
    });

    it('may be a function, which is asked anew at each capture', () => {
      let id = 0;
      runWithAuditContext({ [role]: () => ({ id: ++id }), url: '/a', reason: 'because' }, () => {
        expect(who()).to.deep.equal(['User', '1']);
        expect(who()).to.deep.equal(['User', '2']);
        expect(contextFields()).to.include({ url: '/a' });
        expect(contextFields().context).to.include({ reason: 'because' });
      });
      expect(whoIn(() => new Account(7))).to.deep.equal(['Account', '7']);
    });

    it('is nobody where the function has nobody, fails, or is asynchronous', () => {
      for (const source of [
        () => null,
        () => undefined,
        () => ({}),
        () => {
          throw new Error('no session');
        },
        () => Promise.resolve({ id: 1 }),
        () => Promise.reject(new Error('no session')),
        () => 'bob',
      ]) {
        expect(whoIn(source)).to.deep.equal([null, null]);
      }
    });

    it('gives one warning where its function fails', async () => {
      const fail = (): never => {
        throw new Error(`no session for ${role}`);
      };

      expect(await warningsOf(() => [whoIn(fail), whoIn(fail)])).to.deep.equal([
        `The ${role} of an audit context cannot be used, and is left out: no session for ${role}`,
      ]);
    });

    it('is refused without an id', () => {
      for (const source of [{}, { type: 'User' }, { id: null }, 'bob', 42, Object.create(null)]) {
        expect(() => whoIn(source))
          .to.throw(`The ${role} of an audit context needs an id`)
          .with.property('code', 'AUDIT_OPTION');
      }
    });

    it('comes from the outer context unless the inner one says nobody', () => {
      runWithAuditContext({ [role]: { id: 1 } }, () => {
        expect(whoIn(undefined)).to.deep.equal(['User', '1']);
        expect(whoIn({ id: 2 })).to.deep.equal(['User', '2']);
        expect(whoIn(null)).to.deep.equal([null, null]);
        expect(who()).to.deep.equal(['User', '1']);
      });
    });
  });
}

describe('An audit context in which one acts for another', () => {
  it('names both, and keeps the name from fields of the application’s own', () => {
    const context = {
      user: new Account(1), onBehalfOf: new Member(2), reason: 'ticket 7', extra: { onBehalfOf: 'x', step: 3 },
    }; // prettier-ignore
    Object.assign(context.onBehalfOf.dataValues, { tenant: 't', number: 2 });

    const fields = runWithAuditContext(context as unknown as AuditContext, contextFields);

    expect(fields).to.deep.include({
      userType: 'Account',
      userId: '1',
      context: {
        step: 3,
        onBehalfOf: { type: 'Member', id: '{"number":"2","tenant":"t"}' },
        reason: 'ticket 7',
      },
    });
  });
});
