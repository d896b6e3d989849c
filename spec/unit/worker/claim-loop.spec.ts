import { expect } from 'chai';
import sinon from 'sinon';

import type { Claim, Source } from '../../../lib/buffer/contract';
import { resolveSettings } from '../../../lib/config';
import { ClaimLoop } from '../../../lib/worker/claim-loop';
import { Outage } from '../../../lib/worker/outage';
import type { Outcome, Processor } from '../../../lib/worker/processor';
import { Batch } from '../../../lib/record/batch';
import { lines } from '../helpers/records';
import { until } from '../../support/until';

const STORED: Outcome = { kind: 'stored', inserted: 1, duplicates: 0, buried: 0 };

describe('The loop that claims', () => {
  const start = (sent: () => Promise<void>) => {
    const claim: Claim = { batch: Batch.fromLines(lines(1)), receipt: {} };
    const source = { claim: sinon.stub().resolves(claim), release: sinon.stub().resolves() };
    const ends: (() => void)[] = [];
    const process = sinon.spy(() => new Promise<Outcome>((resolve) => ends.push(() => resolve(STORED))));
    const loop = new ClaimLoop({
      source: source as unknown as Source,
      processor: { process } as unknown as Processor,
      outage: new Outage(),
      settings: resolveSettings({ connections: 2 }, {}),
      hardStop: new AbortController().signal,
      whenSent: sent,
      onClaim: () => undefined,
      onOutcome: () => undefined,
    });
    const stop = async (): Promise<void> => {
      const stopped = loop.stop(false);
      while (ends.length > 0) ends.shift()?.();
      await stopped;
    };
    return { source, process, stop };
  };

  /** The first claim is made; the next may be when `isSent` says so. */
  const startHeld = async () => {
    let isSent = (): void => undefined;
    const sent = new Promise<void>((resolve) => (isSent = resolve));
    const loop = start(sinon.stub().returns(sent).onFirstCall().resolves());
    await until(() => loop.process.callCount === 1, { what: 'the first claim' });
    return { ...loop, isSent };
  };

  it('has one claim more in hand than there are connections', async () => {
    const { source, process, stop } = start(() => Promise.resolve());
    await until(() => process.callCount === 3, { what: 'three claims' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.claim.callCount).to.equal(3);
    await stop();
  });

  it('claims nothing while what has a connection is not on its way', async () => {
    const { source, process, stop, isSent } = await startHeld();
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.claim.callCount).to.equal(1);
    isSent();
    await until(() => process.callCount === 3, { what: 'the others' });
    await stop();
  });

  it('claims nothing more when it was stopped meanwhile', async () => {
    const { source, stop, isSent } = await startHeld();
    const stopped = stop();
    isSent();
    await stopped;
    expect(source.claim.callCount).to.equal(1);
  });
});
