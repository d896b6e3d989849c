import type { Workplace } from '../capture/operation';

/** Where an application and its trail live. */
export interface Home {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What its keys in Redis begin with. */
  readonly redisKey: string;
  /** For the journal. */
  readonly dir: string;
}

/** What keeps the trail of an application. */
export interface Keeper {
  /** Work that is not to be in the trail. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
  /** Until what it has taken, but put off, is done. */
  settle(): Promise<void>;
  /** Records that are in the trail once all that it has taken is there. */
  records(): Promise<number>;
  close(): Promise<void>;
}

/** Gives an application's products a keeper of their trail. */
export type Keeping = (workplace: Pick<Workplace, 'sequelize' | 'Product'>, home: Home) => Promise<Keeper>;

/** For those whose hooks see single rows only: what is prepared in bulk is not in their trail. */
export function quietly<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
