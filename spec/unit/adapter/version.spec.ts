import { expect } from 'chai';
import type { Sequelize } from 'sequelize';

import { assertKnownSequelize, LOWEST_SEQUELIZE } from '../../../lib/adapter/version';

describe('The version of Sequelize', () => {
  const instanceOf = (version: unknown): Sequelize =>
    new (class {
      static readonly version = version;
    })() as unknown as Sequelize;

  for (const version of [LOWEST_SEQUELIZE, '6.37.8', '6.38.0-beta.1', '6.99.0']) {
    it(`may be ${version}`, () => {
      expect(() => assertKnownSequelize(instanceOf(version))).not.to.throw();
    });
  }

  for (const version of ['6.36.9', '5.22.5', '7.0.0-alpha.48', 'next', undefined]) {
    it(`must not be ${version}`, () => {
      expect(() => assertKnownSequelize(instanceOf(version)))
        .to.throw(/Sequelize .*is not supported: auditing needs Sequelize 6, 6\.37\.0 or newer/)
        .with.property('code', 'AUDIT_SEQUELIZE_VERSION');
    });
  }
});
