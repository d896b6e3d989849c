import type { PrivateServer } from '../spec/support/servers';
import type { Place, Scenario } from './scenario';

/** The servers of a run of many scenarios. */
export interface Servers {
  readonly postgres: PrivateServer;
  readonly mariadb: PrivateServer;
  readonly redis: PrivateServer;
}

/** What is to be played. */
export interface Game extends Place {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Fewer faults, for a look rather than for a proof. */
  readonly isShort?: boolean;
}
