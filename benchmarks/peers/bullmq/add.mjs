// Arguments: port, jobs. Adds jobs, which wait: as much as an event with an id and a wallet says.
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';

const [port, jobs] = process.argv.slice(2).map(Number);
const queue = new Queue('waiting', { connection: { host: '127.0.0.1', port } });
const CHUNK = 500;
for (let n = 0; n < jobs; n += CHUNK) {
  await queue.addBulk(
    Array.from({ length: Math.min(CHUNK, jobs - n) }, (_, i) => ({
      name: 'BALANCE_CHECK_REQUIRED',
      data: { wallet: `wallet-${(n + i) % 1000}` },
      opts: { jobId: randomUUID(), removeOnComplete: true },
    })),
  );
}
await queue.close();
process.exit(0);
