package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.FastThreadLocal;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Redeploying an application over Redis in the same JVM leaves nothing behind. */
class RedeployTest {

  private static final String NATIVE = "io.netty.transport.noNative";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** An application that uses and closes a queue with its own client and an engine. */
  public static class Application implements IntConsumer {

    @Override
    public void accept(int port) {
      try (RedisEventQueue queue =
              RedisEventQueue.builder(RateLimit.of(100).perSecond())
                  .uri("redis://127.0.0.1:" + port)
                  .namespace("redeployed")
                  .connect();
          AuditEngine engine =
              AuditEngine.builder(queue).name("redeployed").handler(event -> {}).build()) {
        whileConnected(port, queue);
        queue.publish(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet"));
        if (engine.runRound().done() == 0) {
          throw new IllegalStateException("the event was not handled");
        }
      }
    }

    void whileConnected(int port, RedisEventQueue queue) {}
  }

  /** An application whose connections are replaced by others, which takes a thread and a delay. */
  public static final class Reconnecting extends Application {

    @Override
    void whileConnected(int port, RedisEventQueue queue) {
      say(port, "REPLICAOF 127.0.0.1 1");
      while (isRefused(queue)) {
        say(port, "REPLICAOF NO ONE");
      }
    }

    private static boolean isRefused(RedisEventQueue queue) {
      try {
        queue.publish(AuditEvent.of("first", EventType.OPEN_ORDER_DETECTED, "wallet"));
        return false;
      } catch (QueueException refused) {
        return true;
      }
    }

    private static void say(int port, String command) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
        if (socket.getInputStream().read() != '+') {
          throw new IllegalStateException("refused: " + command);
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  /** An application that leaves nothing in the thread that called it. */
  public static final class Tidy extends Application {
    @Override
    public void accept(int port) {
      super.accept(port);
      FastThreadLocal.removeAll();
    }
  }

  /**
   * Makes Java forget a record type: it remembers the last one whose methods it bootstrapped, with
   * its class loader.
   *
   * @param next a record of a type not used before
   */
  private static void letJavaForget(Record next) {
    assertThat(next).isNotEqualTo("another").hasSameHashCodeAs(next).hasToString(next.toString());
  }

  private static Set<Thread> threadsOf(ClassLoader loader) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getClass().getClassLoader() == loader
                    || thread.getContextClassLoader() == loader)
        .collect(Collectors.toSet());
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (MalformedURLException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static WeakReference<ClassLoader> deployAndUndeploy(
      Class<? extends Application> kind, ExecutorService container) throws Exception {
    URLClassLoader loader =
        new URLClassLoader(
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(RedeployTest::url)
                .toArray(URL[]::new),
            ClassLoader.getPlatformClassLoader());
    try (LocalRedis server = LocalRedis.start()) {
      Future<?> run = container.submit(() -> run(loader, kind.getName(), server.port()));
      assertThat(run.get()).isNull();
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadsOf(loader)).isEmpty());
    loader.close();
    return new WeakReference<>(loader);
  }

  private static void run(ClassLoader loader, String application, int port) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    // Only one class loader can load native code, and the other tests' Netty needs it.
    System.setProperty(NATIVE, "true");
    try {
      ((IntConsumer) loader.loadClass(application).getConstructor().newInstance()).accept(port);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException(broken);
    } finally {
      System.clearProperty(NATIVE);
      thread.setContextClassLoader(before);
    }
  }

  private static void assertNothingIsLeftOf(WeakReference<ClassLoader> loader, Record next) {
    letJavaForget(next);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              System.gc();
              return loader.get() == null;
            });
  }

  private static WeakReference<ClassLoader> inAThreadOfItsOwn(Class<? extends Application> kind)
      throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return deployAndUndeploy(kind, thread);
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void noThreadAndNoClassLoaderIsLeft() throws Exception {
    record Next(RedeployTest test) {}
    assertNothingIsLeftOf(inAThreadOfItsOwn(Application.class), new Next(this));
  }

  @Test
  void replacedConnectionsLeaveNothingEither() throws Exception {
    record Next(RedeployTest test) {}
    assertNothingIsLeftOf(inAThreadOfItsOwn(Reconnecting.class), new Next(this));
  }

  /** Netty leaves thread-local values in calling threads until they end or remove them. */
  @Test
  void aThreadThatOutlivesTheApplicationIsToldToForget() throws Exception {
    record Next(RedeployTest test) {}
    ExecutorService container = Executors.newSingleThreadExecutor();
    try {
      assertNothingIsLeftOf(deployAndUndeploy(Tidy.class, container), new Next(this));
    } finally {
      container.shutdown();
    }
  }
}
