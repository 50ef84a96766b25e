package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A Redis whose memory is full except during publications. */
final class FullMemory implements AutoCloseable {

  final LocalRedis server = LocalRedis.start("maxmemory-policy noeviction");
  final RedisClient client = TestClients.client(server);
  private final StatefulRedisConnection<String, String> admin = client.connect();

  EventQueue connect(RedisEventQueue.Builder builder) {
    limitMemory("1");
    EventQueue queue = builder.client(client).connect();
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

  private synchronized Object publish(EventQueue queue, Method method, Object[] arguments)
      throws ReflectiveOperationException {
    limitMemory("0");
    try {
      return method.invoke(queue, arguments);
    } finally {
      limitMemory("1");
    }
  }

  private void limitMemory(String bytes) {
    admin.sync().configSet("maxmemory", bytes);
  }

  @Override
  public void close() {
    client.shutdown();
    server.close();
  }
}
