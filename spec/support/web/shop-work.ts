import { setImmediate as immediate } from 'node:timers/promises';

import { DataTypes } from 'sequelize';

import { withAudit } from '../../../lib';
import type { World } from '../world';
import type { ShopWork } from './web-app';

/** Items whose names tell which request they belong to. */
export async function shopWork({ sequelize }: World): Promise<ShopWork> {
  const Item = withAudit(sequelize.define('Item', { name: DataTypes.STRING }, { timestamps: false }));
  await sequelize.sync();
  let turn = 0;
  /** Long enough, and not equally long, for others to come in between. */
  const pause = async (): Promise<void> => {
    for (let left = turn++ % 7; left >= 0; left--) await immediate();
  };
  const save = async (body: unknown): Promise<void> => {
    const { name } = body as { name: string };
    await pause();
    const item = await Item.create({ name });
    await pause();
    await item.update({ name: `${name}, looked at` });
  };
  return {
    save,
    async receive(body) {
      for await (const chunk of body) {
        await pause();
        await Item.create({ name: chunk.toString() });
      }
    },
    async fail(body) {
      await save(body);
      throw new Error((body as { name: string }).name);
    },
    async report(error) {
      await pause();
      await Item.create({ name: `failed: ${(error as Error).message}` });
    },
    async authenticate(header) {
      await pause();
      return header === undefined ? undefined : { id: String(header) };
    },
  };
}
