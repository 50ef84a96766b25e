// Arguments: port, permits a second, concurrency, jobs to add (0 for all processes but one).
// Prints the time of each start in microseconds; runs until its standard input ends.
import { Queue, Worker } from 'bullmq';

const [port, permits, concurrency, jobs] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port };
const queue = new Queue('exactness', { connection });
const starts = [];
const worker = new Worker(
  'exactness',
  async () => {
    starts.push(Math.round((performance.timeOrigin + performance.now()) * 1000));
    await new Promise((resolve) => setTimeout(resolve, 5));
  },
  { connection, concurrency, limiter: { max: permits, duration: 1000 } },
);
await worker.waitUntilReady();
console.log('ready');
process.stdin.once('data', async () => {
  if (jobs > 0) {
    await queue.addBulk(
      Array.from({ length: jobs }, (_, n) => ({
        name: 'job',
        data: { n },
        opts: { removeOnComplete: true },
      })),
    );
  }
});
process.stdin.on('end', () => {
  console.log(starts.map((start) => `${start} ${start}`).join('\n'));
  process.exit(0);
});
