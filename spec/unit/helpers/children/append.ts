import { LaneWriter } from '../../../../lib/buffer/journal/lane-writer';
import { aLine } from '../records';

/** Appends records one by one, tells them, and stays alive until it is killed. */
const [, , journal = '', count = '', segmentBytes = ''] = process.argv;
const writer = new LaneWriter(journal, { segmentBytes: Number(segmentBytes) });
const appended: string[] = [];

function appendNext(): void {
  const line = aLine(100);
  writer.append([line]);
  appended.push(line);
  if (appended.length < Number(count)) setImmediate(appendNext);
  else process.send?.({ lane: writer.directory, appended });
}

appendNext();
setInterval(() => undefined, 1000);
