package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.EventQueueContract;
import io.ratelimit.testkit.server.LocalRedis;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** All that is not publishing works while the memory of Redis is full. */
class FullMemoryContractTest extends EventQueueContract {

  private static final LocalRedis SERVER = LocalRedis.start("maxmemory-policy noeviction");
  private static final RedisClient CLIENT = TestClients.client(SERVER);
  private static final StatefulRedisConnection<String, String> ADMIN = CLIENT.connect();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
    SERVER.close();
  }

  private static synchronized Object publish(EventQueue queue, Method method, Object[] arguments)
      throws ReflectiveOperationException {
    ADMIN.sync().configSet("maxmemory", "0");
    try {
      return method.invoke(queue, arguments);
    } finally {
      ADMIN.sync().configSet("maxmemory", "1");
    }
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Optional<Duration> aging) {
    RedisEventQueue.Builder builder =
        TestClients.queue(SERVER, limit).client(CLIENT).time(time).retainDone(10);
    aging.ifPresent(builder::aging);
    ADMIN.sync().configSet("maxmemory", "1");
    EventQueue queue = builder.connect();
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              try {
                return method.getName().equals("publish")
                    ? publish(queue, method, arguments)
                    : method.invoke(queue, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 10);
  }
}
