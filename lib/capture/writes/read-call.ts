import type { WriteCall } from './write-call';

/** What of a write it takes to read rows of its table. */
export type ReadCall = Pick<
  WriteCall,
  'audited' | 'model' | 'sequelize' | 'table' | 'sql' | 'dialect' | 'readOptions'
>;
