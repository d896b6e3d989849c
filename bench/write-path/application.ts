import { Sequelize } from 'sequelize';

import { defineModels } from '../capture/models';
import type { Workplace } from '../capture/operation';
import { quietly } from './keeper';
import type { Home, Keeper, Keeping } from './keeper';
import { ours } from './ours';
import { awaitedCreate } from './rivals/awaited-create';
import { inStep } from './rivals/in-step';
import { oneCommandEach } from './rivals/one-command-each';
import { paperTrail } from './rivals/paper-trail';
import type { VariantName } from './variants';

/** An application in one of the variants, on a database of its own. */
export type Application = Workplace & Keeper;

/** The number that Sequelize has by itself. */
const FEWEST_CONNECTIONS = 5;

const UNKEPT: Keeping = () =>
  Promise.resolve({
    quietly,
    settle: () => Promise.resolve(),
    records: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  });

export interface ApplicationOptions {
  /** How many it has at a time: none of them waits for a connection. */
  readonly users: number;
  /** Whether a worker runs, and what is put off is done when that has stored it. */
  readonly stored: boolean;
}

export async function openApplication(
  variant: VariantName,
  home: Home,
  { users, stored }: ApplicationOptions,
): Promise<Application> {
  const keepings: Readonly<Record<VariantName, Keeping>> = {
    plain: UNKEPT,
    'in-step': inStep,
    embedded: ours('embedded', { stored }),
    redis: ours('redis', { stored }),
    awaited: awaitedCreate,
    xadd: oneCommandEach('xadd'),
    rpush: oneCommandEach('rpush'),
    'paper-trail': paperTrail,
  };
  // A connection that is made anew in the middle of a round would be measured with it.
  const pool = { max: Math.max(users, FEWEST_CONNECTIONS), idle: 3_600_000 };
  const sequelize = new Sequelize(home.databaseUrl, { logging: false, pool });
  const models = defineModels(sequelize);
  const keeper = await keepings[variant]({ sequelize, ...models }, home);
  return {
    ...models,
    ...keeper,
    sequelize,
    async close() {
      await keeper.close();
      await sequelize.close();
    },
  };
}
