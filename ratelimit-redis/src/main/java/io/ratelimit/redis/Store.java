package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis, as a queue sees it: runs scripts within a timeout, and says of each failure what it means
 * for the events. Thread-safe; the calls of several threads share the connection.
 */
final class Store implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Store.class);

  // Redis answers with these instead of running a script; it will run it at another time or place.
  private static final Pattern REFUSALS_THAT_PASS =
      Pattern.compile(
          "\\b(OOM|BUSY|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOREPLICAS|MISCONF)\\b");
  private static final String NOT_CONNECTED = "Currently not connected";

  private final Connections connections;
  private final Keys keys;
  private final Duration timeout;
  private final String description;
  private volatile boolean closed;

  Store(Connections connections, Keys keys, Duration timeout, String description) {
    this.connections = connections;
    this.keys = keys;
    this.timeout = timeout;
    this.description = description;
  }

  /** A call on its way. */
  record Call<T>(Script script, CompletableFuture<T> reply, String ifLost) {}

  /**
   * Runs a script.
   *
   * @param ifLost what becomes of the events if the script ran and its reply was lost
   * @throws IllegalStateException if the store is closed
   * @throws QueueUnavailableException if Redis did not run it, or it is not known whether it did
   * @throws QueueException if Redis refused it for good
   */
  Object run(Script script, String ifLost, Object... arguments) {
    return await(send(script, ifLost, arguments));
  }

  /** The same, for a script that replies with a list. */
  Reply query(Script script, String ifLost, Object... arguments) {
    return new Reply((List<?>) run(script, ifLost, arguments));
  }

  /** Sends a script and does not wait. */
  Call<Object> send(Script script, String ifLost, Object... arguments) {
    requireOpen();
    if (!script.accepts(arguments.length)) {
      throw new AssertionError(script + " does not take " + arguments.length + " arguments");
    }
    if (!connections.commands().isOpen()) {
      throw notSent(script, new RedisConnectionException("not connected"));
    }
    byte[][] encoded = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      encoded[i] =
          arguments[i] instanceof byte[] bytes ? bytes : arguments[i].toString().getBytes(UTF_8);
    }
    return new Call<>(script, dispatch(script, encoded), ifLost);
  }

  /** The same for one that others wait behind: it is given up when its time is over. */
  CompletableFuture<Object> ask(Script script, Object... arguments) {
    CompletableFuture<Object> reply = send(script, "", arguments).reply();
    return reply
        .copy()
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((value, failure) -> reply.cancel(true));
  }

  /**
   * @throws IllegalStateException if the store is closed
   */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  private CompletableFuture<Object> dispatch(Script script, byte[][] arguments) {
    ScriptOutputType output =
        switch (script) {
          case EXTEND, FAIL, PURGE, RELEASE, REMOVE, RETRY -> ScriptOutputType.INTEGER;
          default -> ScriptOutputType.MULTI;
        };
    byte[][] scriptKeys = keys.of(script);
    try {
      CompletableFuture<Object> first =
          connections
              .scripts()
              .<Object>evalsha(script.digest(), output, scriptKeys, arguments)
              .toCompletableFuture();
      CompletableFuture<Object> reply = new CompletableFuture<>();
      var unused =
          first.whenComplete(
              (value, failure) -> {
                if (failure instanceof RedisNoScriptException) {
                  forward(
                      connections
                          .scripts()
                          .<Object>eval(script.text(), output, scriptKeys, arguments)
                          .toCompletableFuture(),
                      reply);
                } else if (failure != null) {
                  reply.completeExceptionally(failure);
                } else {
                  reply.complete(value);
                }
              });
      cancelTogether(reply, first);
      return reply;
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void forward(CompletableFuture<Object> from, CompletableFuture<Object> to) {
    var unused =
        from.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                to.completeExceptionally(failure);
              } else {
                to.complete(value);
              }
            });
    cancelTogether(to, from);
  }

  private static void cancelTogether(CompletableFuture<Object> leader, Future<Object> follower) {
    var unused =
        leader.whenComplete(
            (value, failure) -> {
              if (failure instanceof CancellationException) {
                follower.cancel(true);
              }
            });
  }

  /** Waits for a reply. */
  <T> T await(Call<T> call) {
    try {
      return getUninterruptibly(call.reply());
    } catch (TimeoutException e) {
      call.reply().cancel(true);
      throw timedOut(call, e);
    } catch (ExecutionException e) {
      throw translated(call, e.getCause() == null ? e : e.getCause());
    } catch (CancellationException e) {
      throw lost(call, e);
    }
  }

  /**
   * Waits even if the thread is interrupted, and leaves it so: whoever is told to stop still wants
   * to know what became of the event in hand, and the timeout bounds the wait.
   */
  private <T> T getUninterruptibly(Future<T> future) throws ExecutionException, TimeoutException {
    boolean interrupted = false;
    try {
      Instant deadline = Time.system().now().plus(timeout);
      while (true) {
        Duration left = Duration.between(Time.system().now(), deadline);
        try {
          return future.get(left.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private RuntimeException translated(Call<?> call, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof RedisCommandExecutionException) {
      if (message.contains("FORMAT ")) {
        return new QueueException(
            "the namespace is not written in the format of this version of ratelimit-redis ("
                + message
                + "). Nothing was changed. "
                + (message.contains("older")
                    ? "Stop the processes of the older version, let it drain the namespace, and"
                        + " remove it with that version; or take another namespace"
                    : "Update this process"),
            cause);
      }
      if (message.startsWith("MOVED ") && !connections.isCluster()) {
        return new QueueException(
            description
                + " is a node of a Redis Cluster, and nothing was changed; connect to it as to a"
                + " cluster ("
                + message
                + ")",
            cause);
      }
      return REFUSALS_THAT_PASS.matcher(message).find()
          ? new QueueUnavailableException(
              description + " refused " + call.script() + ", and nothing was changed: " + message,
              cause)
          : new QueueException(description + " refused " + call.script() + ": " + message, cause);
    }
    if (closed) {
      return new IllegalStateException("the queue was closed meanwhile; " + call.ifLost(), cause);
    }
    if (cause instanceof TimeoutException) {
      return timedOut(call, cause);
    }
    if (cause instanceof QueueUnavailableException) {
      return new QueueUnavailableException(message, cause);
    }
    if (cause instanceof RedisConnectionException
        || cause instanceof PartitionSelectorException
        || message.startsWith(NOT_CONNECTED)) {
      return notSent(call.script(), cause);
    }
    return lost(call, cause);
  }

  private QueueUnavailableException notSent(Script script, Throwable cause) {
    return new QueueUnavailableException(
        description + " is not connected; " + script + " was not sent and nothing was changed",
        cause);
  }

  private QueueUnavailableException timedOut(Call<?> call, Throwable cause) {
    return new QueueUnavailableException(
        description
            + " did not answer "
            + call.script()
            + " within "
            + timeout
            + "; "
            + call.ifLost(),
        cause);
  }

  private QueueUnavailableException lost(Call<?> call, Throwable cause) {
    return new QueueUnavailableException(
        description + " was lost before it answered " + call.script() + "; " + call.ifLost(),
        cause);
  }

  /**
   * Calls a listener at each change that another client makes, and after each reconnection, when
   * one may have been missed.
   *
   * @param client the name under which this client tells of its own changes
   */
  void listen(String client, Runnable listener) {
    byte[] channel = keys.channel();
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
                listener.run();
              }
            });
    connections
        .changes()
        .async()
        .subscribe(channel)
        .whenComplete(
            (ok, failure) -> {
              if (failure != null && !closed) {
                log.warn(
                    "cannot hear of changes to {}; new events are noticed by polling only: {}",
                    description,
                    Printable.text(rootMessage(failure)));
              }
            });
  }

  @Override
  public void close() {
    closed = true;
    connections.close();
  }

  boolean isClosed() {
    return closed;
  }

  /** What the first cause of a failure says. */
  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
