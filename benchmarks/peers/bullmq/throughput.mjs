// Arguments: port, concurrency, jobs. Prints a line for adding the jobs and one for processing them:
// the seconds it took, and the seconds of a processor that Redis used. A first tenth of them more is
// not measured.
import { Queue, Worker } from 'bullmq';
import Redis from 'ioredis';

const [port, concurrency, jobs] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port };
const options = { removeOnComplete: true, removeOnFail: true };
const queue = new Queue('peer', { connection });
await queue.waitUntilReady();

const CHUNK = 500;

async function add(count) {
  for (let n = 0; n < count; n += CHUNK) {
    await queue.addBulk(
      Array.from({ length: Math.min(CHUNK, count - n) }, (_, i) => ({
        name: 'job',
        data: { n: n + i },
        opts: options,
      })),
    );
  }
}

const redis = new Redis(connection);

async function now() {
  const info = await redis.info('cpu');
  const used = [...info.matchAll(/^used_cpu_(?:sys|user):([0-9.]+)/gm)];
  return {
    clock: performance.now() / 1000,
    redis: used.reduce((sum, match) => sum + Number(match[1]), 0),
  };
}

function difference(since, until) {
  return `${until.clock - since.clock} ${until.redis - since.redis}`;
}

const warmUp = Math.round(jobs / 10);
await add(warmUp);
const addingSince = await now();
await add(jobs);
const added = difference(addingSince, await now());

let done = 0;
const processed = await new Promise((resolve) => {
  let since;
  const worker = new Worker('peer', async () => {}, { connection, concurrency });
  worker.on('completed', async () => {
    done += 1;
    if (done === warmUp) {
      since = now();
    } else if (done === warmUp + jobs) {
      const until = await now();
      await worker.close();
      resolve(difference(await since, until));
    }
  });
});
await queue.close();
console.log(added);
console.log(processed);
process.exit(0);
