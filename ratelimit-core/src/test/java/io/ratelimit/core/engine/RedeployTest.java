package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Redeploying an application in the same JVM leaves nothing behind. */
class RedeployTest {

  /** An application that uses and closes everything that has threads. */
  public static final class Application implements Runnable {
    @Override
    public void run() {
      try (EventQueue queue =
          InMemoryEventQueue.create(RateLimit.of(1_000).perSecond().withBurst(1_000))) {
        List<AuditEvent> events =
            IntStream.range(0, 40)
                .mapToObj(
                    i ->
                        AuditEvent.of(
                            "event-" + i,
                            i % 2 == 0
                                ? EventType.OPEN_ORDER_DETECTED
                                : EventType.NEW_BALANCE_UPDATE,
                            "wallet"))
                .toList();
        queue.publish(events);
        CountDownLatch closed = new CountDownLatch(1);
        AuditEngine[] itself = new AuditEngine[1];
        try (AuditEngine engine =
                AuditEngine.builder(queue)
                    .name("redeployed")
                    .handler(EventType.OPEN_ORDER_DETECTED, event -> {})
                    .asyncHandler(
                        EventType.NEW_BALANCE_UPDATE,
                        event -> CompletableFuture.completedFuture(event.id()))
                    .build();
            RateLimiter limiter = RateLimiter.of(queue)) {
          engine.runRound();
          limiter.acquireAsync(1, Duration.ofSeconds(10)).join();
          itself[0] = engine;
        }
        try (AuditEngine engine =
            AuditEngine.builder(queue)
                .name("redeployed")
                .handler(
                    event -> {
                      itself[0].close();
                      closed.countDown();
                    })
                .build()) {
          itself[0] = engine;
          engine.start();
          queue.publish(AuditEvent.of("last", EventType.OPEN_ORDER_DETECTED, "wallet"));
          closed.await();
        }
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
  }

  /**
   * Replaces an application's record in a cache of the JDK, which holds on to a record type and its
   * class loader.
   */
  private record Next(Application application) {}

  private static void letJavaForget() {
    assertThat(new Next(new Application()).equals(new Next(new Application()))).isFalse();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("redeployed") || name.startsWith("ratelimit"))
        .collect(Collectors.toSet());
  }

  private static WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
    URL[] classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(
                entry -> {
                  try {
                    return new File(entry).toURI().toURL();
                  } catch (MalformedURLException broken) {
                    throw new IllegalStateException(broken);
                  }
                })
            .toArray(URL[]::new);
    URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
    Class<?> application = loader.loadClass(Application.class.getName());
    assertThat(application).isNotSameAs(Application.class);
    ((Runnable) application.getConstructor().newInstance()).run();
    loader.close();
    return new WeakReference<>(loader);
  }

  @Test
  void noThreadAndNoClassLoaderIsLeft() throws Exception {
    WeakReference<ClassLoader> loader = deployAndUndeploy();
    letJavaForget();

    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(threads()).isEmpty());
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              System.gc();
              return loader.get() == null;
            });
  }
}
