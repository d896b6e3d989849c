import type { Model, ModelStatic } from 'sequelize';

import type { TrailRecord } from './expect-trail';
import type { Oracle } from './oracle';
import { replay, rowsOf } from './replay';

/** The tables are what the trail alone makes of them. Throws with the first row that differs. */
export async function expectTables(
  oracle: Oracle,
  models: readonly ModelStatic<Model>[],
  audits: readonly TrailRecord[],
): Promise<void> {
  for (const model of models) {
    const [made, there] = [replay(model, audits), rowsOf(model, await oracle.dump(model))];
    const differing = there.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(made[index]));
    if (differing < 0 && made.length === there.length) continue;
    throw new Error(
      `${model.name} has ${there.length} rows, the trail makes ${made.length}; the first that differs:\n` +
        `${JSON.stringify(there[differing])}\n${JSON.stringify(made[Math.max(differing, 0)])}`,
    );
  }
}
