import { LaneWriter } from '../../../../lib/buffer/journal/lane-writer';
import { aLine } from '../records';

/** Appends records one after the other, and tells each that the journal has, until it is killed. */
const [, , journal = '', segmentBytes = ''] = process.argv;
const writer = new LaneWriter(journal, { segmentBytes: Number(segmentBytes) });

function appendNext(): void {
  const line = aLine(100);
  writer.append([line]);
  process.send?.(line, () => setImmediate(appendNext));
}

appendNext();
