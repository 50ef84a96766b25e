package io.ratelimit.redis.internal.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears over one connection of what other clients change, and notices when it hears nothing any
 * more. Thread-safe.
 */
public final class Changes {

  private static final Logger log = LoggerFactory.getLogger(Changes.class);
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(10);

  private final Connections connections;
  private final byte[][] channels;
  private final String description;
  // A subscription that is made again is confirmed again: a question that changes nothing.
  private volatile CompletableFuture<Void> confirmation = new CompletableFuture<>();
  // How many confirmations are to come that nothing was missed before.
  private final AtomicInteger checking = new AtomicInteger();
  private volatile boolean warned;
  private volatile Instant nextCheck;

  /**
   * Subscribes.
   *
   * @param client the name under which this client tells of its own changes
   * @param listener is called at each change, and when one may have been missed
   */
  public Changes(
      Connections connections,
      List<byte[]> channels,
      String client,
      Runnable listener,
      String description,
      Instant now) {
    this.connections = connections;
    this.channels = channels.toArray(byte[][]::new);
    this.description = description;
    connections
        .changes()
        .addListener(
            new RedisPubSubAdapter<byte[], byte[]>() {
              @Override
              public void message(byte[] source, byte[] message) {
                if (!client.equals(new String(message, UTF_8))) {
                  listener.run();
                }
              }

              @Override
              public void subscribed(byte[] source, long count) {
                if (checking.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                  listener.run();
                }
              }
            });
    this.nextCheck = now.plus(BETWEEN_CHECKS);
    subscribe();
  }

  public Connections connections() {
    return connections;
  }

  private void subscribe() {
    CompletableFuture<Void> asked =
        connections.changes().async().subscribe(channels).toCompletableFuture();
    confirmation = asked;
    var unused =
        asked.whenComplete(
            (ok, failure) -> {
              if (failure == null) {
                warned = false;
              } else if (!warned && connections.changes().isOpen()) {
                warned = true;
                log.warn(
                    "cannot hear of changes to {}; new events are noticed by polling only: {}",
                    description,
                    RootCause.message(failure));
              }
            });
  }

  /**
   * Asks from time to time whether the connection still hears.
   *
   * @return whether it does, as far as is known
   */
  public boolean isHearing(Instant now) {
    if (now.isBefore(nextCheck)) {
      return true;
    }
    nextCheck = now.plus(BETWEEN_CHECKS);
    CompletableFuture<Void> asked = confirmation;
    boolean answered = asked.isDone() && !isLost(asked);
    checking.set(answered && !asked.isCompletedExceptionally() ? channels.length : 0);
    if (answered) {
      subscribe();
    }
    return answered;
  }

  /** Whether it was not the server that failed. */
  private static boolean isLost(CompletableFuture<Void> asked) {
    try {
      asked.join();
      return false;
    } catch (CompletionException failure) {
      // One that may not listen is connected all the same, and asks again.
      return !(failure.getCause() instanceof RedisCommandExecutionException);
    } catch (RuntimeException cancelled) {
      return true;
    }
  }
}
