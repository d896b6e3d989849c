import { expect } from 'chai';

import { Follower } from '../../cli/reading/follow';
import { Batch } from '../../lib/record/batch';
import { lowestIdAt } from '../../lib/record/id-time';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { recordLine } from '../support/records';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

/** So many looks go back a minute at least once. */
const LOOKS = 5;

for (const name of ['sqlite', 'postgres'] as const) {
  describe(`What is followed on ${name}`, () => {
    let world: World;
    let follower: Follower;
    const store = (auditableId: string, secondsAgo = 0): Promise<unknown> => {
      const id = secondsAgo > 0 ? { id: lowestIdAt(Date.now() - 1000 * secondsAgo) } : {};
      const line = recordLine({ auditableId, ...id });
      return new BatchWriter(world.trail.database).write(Batch.fromLines([line]));
    };
    const look = async (): Promise<(string | null)[]> => {
      const found: (string | null)[] = [];
      for await (const { audits } of follower.look())
        found.push(...audits.map(({ auditableId }) => auditableId));
      return found;
    };
    const looks = async (): Promise<(string | null)[]> => {
      const found: (string | null)[] = [];
      for (let count = 0; count < LOOKS; count++) found.push(...(await look()));
      return found;
    };
    beforeEach(async () => {
      world = await createWorld(name);
      follower = new Follower(world.trail, {});
      await store('old');
      for await (const news of follower.begin()) expect(news.audits).to.deep.equal([]);
    });
    afterEach(() => world.dispose());

    it('is found at the next look, once', async () => {
      await store('new');
      expect(await look()).to.deep.equal(['new']);
      expect(await looks()).to.deep.equal([]);
    });

    it('is found at the next look too, once, if it was captured some seconds before others', async () => {
      await store('new');
      await look();
      await store('soon', 2);
      expect(await look()).to.deep.equal(['soon']);
      expect(await looks()).to.deep.equal([]);
    });

    it('is found soon, once, if it was captured up to a minute before others', async () => {
      await store('new');
      await look();
      await store('late', 50);
      expect(await looks()).to.deep.equal(['late']);
      expect(await looks()).to.deep.equal([]);
    });
  });
}
