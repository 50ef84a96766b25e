package io.ratelimit.redis.internal.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for changes by other clients over one connection, and detects when it no longer hears
 * anything. Thread-safe.
 */
public final class Changes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Changes.class);
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(10);

  private final Connections connections;
  private final List<byte[]> channels;
  private final byte[] ownChannel;
  private final String description;
  private final RedisPubSubListener<byte[], byte[]> hearing;
  // A check of the connection repeats a subscription, which changes nothing and is confirmed again.
  // (Not to the shared channels: other queues on the connection would take the confirmation for a
  // new subscription, before which they may have missed a change.)
  private volatile CompletableFuture<Void> confirmation;
  private volatile boolean isSubscribed;
  private volatile boolean canBeWoken;
  private volatile boolean warned;
  private volatile Instant nextCheck;

  /**
   * Subscribes.
   *
   * @param channels the channels that all clients share; the first is the queue's
   * @param client the name with which this client signs its own changes
   * @param listener called at each change, and when one may have been missed
   * @param onWoken called at a change that is announced to this client alone
   */
  public Changes(
      Connections connections,
      List<byte[]> channels,
      String client,
      Runnable listener,
      Runnable onWoken,
      String description,
      Instant now) {
    this.connections = connections;
    this.channels = List.copyOf(channels);
    this.ownChannel = ownChannel(channels.get(0), client);
    this.description = description;
    this.hearing =
        new RedisPubSubAdapter<byte[], byte[]>() {
          @Override
          public void message(byte[] source, byte[] message) {
            if (Arrays.equals(source, ownChannel)) {
              onWoken.run();
            } else if (isHeard(source) && !client.equals(new String(message, UTF_8))) {
              listener.run();
            }
          }

          @Override
          public void subscribed(byte[] source, long count) {
            if (Arrays.equals(source, ownChannel)) {
              canBeWoken = true;
            } else if (isHeard(source)) {
              listener.run();
            }
          }
        };
    connections.changes().addListener(hearing);
    channels.forEach(connections.channels()::enter);
    this.nextCheck = now.plus(BETWEEN_CHECKS);
    this.confirmation = subscribe();
    // Separate from the shared channels, because a user may be allowed only those. Such a client
    // hears only what all clients hear.
    var unused = subscribeOwn();
  }

  /** Returns whether a message is for this queue; others may share the connection. */
  private boolean isHeard(byte[] source) {
    return channels.stream().anyMatch(channel -> Arrays.equals(channel, source));
  }

  /** Returns a client's own channel; the scripts use the same name. */
  private static byte[] ownChannel(byte[] channel, String client) {
    return (new String(channel, UTF_8) + ':' + client).getBytes(UTF_8);
  }

  /** Returns whether changes can be announced to this client alone. */
  public boolean canBeWoken() {
    return canBeWoken;
  }

  /** Stops listening; the connections stay open for others. */
  @Override
  public void close() {
    connections.changes().removeListener(hearing);
    List<byte[]> left = new ArrayList<>(List.of(ownChannel));
    channels.stream().filter(connections.channels()::leave).forEach(left::add);
    if (connections.changes().isOpen()) {
      var unused = connections.changes().async().unsubscribe(left.toArray(byte[][]::new));
    }
  }

  public Connections connections() {
    return connections;
  }

  private CompletableFuture<Void> subscribeOwn() {
    return connections.changes().async().subscribe(ownChannel).toCompletableFuture();
  }

  private CompletableFuture<Void> subscribe() {
    CompletableFuture<Void> asked =
        connections
            .changes()
            .async()
            .subscribe(channels.toArray(byte[][]::new))
            .toCompletableFuture();
    var unused =
        asked.whenComplete(
            (ok, failure) -> {
              if (failure == null) {
                isSubscribed = true;
                warned = false;
              } else if (!warned && connections.changes().isOpen()) {
                warned = true;
                log.warn(
                    "cannot receive changes of {}; new events are noticed only by polling: {}",
                    description,
                    RootCause.message(failure));
              }
            });
    return asked;
  }

  /**
   * Checks from time to time whether the connection still hears.
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
    if (answered) {
      confirmation = isSubscribed ? subscribeOwn() : subscribe();
    }
    return answered;
  }

  /** Returns whether the connection is lost, rather than the request refused by the server. */
  private static boolean isLost(CompletableFuture<Void> asked) {
    try {
      asked.join();
      return false;
    } catch (CompletionException failure) {
      // A client that may not subscribe still works, and tries again.
      return !(failure.getCause() instanceof RedisCommandExecutionException);
    } catch (RuntimeException cancelled) {
      return true;
    }
  }
}
