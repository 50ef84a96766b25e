"""Arguments: port, concurrency, jobs, milliseconds that a job takes. Prints the seconds that the jobs
took, and the seconds of a processor that Redis used. A first fifth of them more is not measured."""

import itertools
import os
import sys
import threading
import time

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

port, concurrency, jobs, millis = (int(argument) for argument in sys.argv[1:5])
url = f"redis://127.0.0.1:{port}"
broker = RedisBroker(url=url, middleware=[])
dramatiq.set_broker(broker)
server = redis.Redis.from_url(url)
done = itertools.count(1)
warm_up = jobs // 5
moments = {}
ended = threading.Event()


def now():
    cpu = server.info("cpu")
    return time.monotonic(), cpu["used_cpu_sys"] + cpu["used_cpu_user"]


@dramatiq.actor
def job():
    if millis:
        time.sleep(millis / 1000)
    count = next(done)
    if count == warm_up:
        moments["since"] = now()
    elif count == jobs + warm_up:
        moments["until"] = now()
        ended.set()


for _ in range(jobs + warm_up):
    job.send()
worker = dramatiq.Worker(broker, worker_threads=concurrency)
worker.start()
ended.wait()
print(*(until - since for since, until in zip(moments["since"], moments["until"])), flush=True)
os._exit(0)
