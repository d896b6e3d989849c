import { Lease } from '../../../../lib/buffer/journal/lease';

/** Takes a lease and keeps it until the process is killed. */
const [, , file = ''] = process.argv;
process.send?.(Lease.acquire(file) !== undefined);
setInterval(() => undefined, 1000);
