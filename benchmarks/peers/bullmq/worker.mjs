// Arguments: port, concurrency, jobs, milliseconds that a job takes. Prints the seconds that the jobs
// took, and the seconds of a processor that Redis used. A first fifth of them more is not measured.
import { Queue, Worker } from 'bullmq';
import Redis from 'ioredis';

const [port, concurrency, jobs, millis] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port };
const options = { removeOnComplete: true, removeOnFail: true };
const queue = new Queue('peer', { connection });
await queue.waitUntilReady();
const redis = new Redis(connection);
const CHUNK = 500;
const warmUp = Math.round(jobs / 5);
for (let n = 0; n < jobs + warmUp; n += CHUNK) {
  await queue.addBulk(
    Array.from({ length: Math.min(CHUNK, jobs + warmUp - n) }, (_, i) => ({
      name: 'job',
      data: { n: n + i },
      opts: options,
    })),
  );
}

async function now() {
  const clock = performance.now() / 1000;
  const info = await redis.info('cpu');
  const used = [...info.matchAll(/^used_cpu_(?:sys|user):([0-9.]+)/gm)];
  return { clock, redis: used.reduce((sum, match) => sum + Number(match[1]), 0) };
}

const work = millis > 0 ? () => new Promise((done) => setTimeout(done, millis)) : async () => {};
let done = 0;
let since;
const worker = new Worker('peer', work, { connection, concurrency });
worker.on('completed', async () => {
  done += 1;
  if (done === warmUp) {
    since = now();
  } else if (done === warmUp + jobs) {
    const until = await now();
    const from = await since;
    console.log(`${until.clock - from.clock} ${until.redis - from.redis}`);
    process.exit(0);
  }
});
