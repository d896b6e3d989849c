import type { Transaction } from 'sequelize';

import type { Values } from '../../record/values';

/** How something is taken back. */
export interface RevertOptions {
  /** Why; it stands in the context of the record that this makes. Default the reason of the context around the call. */
  reason?: string;
  /** Also where the row has changed since; its present values are overwritten. Default false. */
  force?: boolean;
  /** Values that the trail does not know, since they were masked or too large; by attribute. */
  values?: Values;
  transaction?: Transaction | null;
}

/** What was done. */
export interface Reverted {
  /** Null where the row held those values already, and nothing was written. */
  readonly event: 'created' | 'updated' | 'deleted' | 'restored' | null;
  /** The attributes that were written. */
  readonly attributes: readonly string[];
}
