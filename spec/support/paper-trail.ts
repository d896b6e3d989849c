import { createRequire } from 'node:module';

import type { Model, ModelStatic, Sequelize } from 'sequelize';

/** What sequelize-paper-trail, which has no types, gives and puts on models. */
interface PaperTrail {
  init(sequelize: Sequelize, options: object): { defineModels(): ModelStatic<Model> };
}
interface HasPaperTrail {
  hasPaperTrail(): unknown;
}

/** What it recorded of a change. */
export interface Revision {
  readonly model: string;
  readonly operation: string;
  readonly documentId: number;
  readonly document: Readonly<Record<string, unknown>>;
}

const paperTrail = createRequire(__filename)('sequelize-paper-trail') as PaperTrail;

/** Has sequelize-paper-trail record what happens to models. Returns what reads its records, in their order. */
export function withPaperTrail(sequelize: Sequelize, models: readonly ModelStatic<Model>[]): () => Promise<Revision[]> {
  // MySQL has no JSONB, which it takes for its documents elsewhere.
  const isMysql = ['mysql', 'mariadb'].includes(sequelize.getDialect());
  const Revisions = paperTrail.init(sequelize, { mysql: isMysql }).defineModels();
  for (const model of models) (model as unknown as HasPaperTrail).hasPaperTrail();
  return async () => {
    const rows = await Revisions.findAll({ order: ['id'] });
    return rows.map((row) => {
      const { document, ...revision } = row.get({ plain: true }) as Revision;
      return { ...revision, document: (typeof document === 'string' ? JSON.parse(document) : document) as Revision['document'] };
    });
  };
} // prettier-ignore
