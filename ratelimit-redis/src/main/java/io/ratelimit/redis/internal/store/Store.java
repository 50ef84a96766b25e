package io.ratelimit.redis.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.internal.connection.Changes;
import io.ratelimit.redis.internal.connection.Connections;
import io.ratelimit.redis.internal.connection.Link;
import io.ratelimit.redis.internal.script.Keys;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts in Redis within a timeout, and says what each failure means for the events.
 * Thread-safe; the calls of several threads share the connection.
 */
public final class Store implements AutoCloseable {

  private static final String NOT_CONNECTED = "Currently not connected";

  private final Link link;
  private final Keys keys;
  private final Duration timeout;
  private final String description;
  private volatile boolean closed;
  private volatile Runnable notReplaced = () -> {};
  private volatile @Nullable Changes changes;

  /**
   * @param link closed with the store
   * @param timeout how long a call waits for Redis
   */
  public Store(Link link, Keys keys, Duration timeout, String description) {
    this.link = link;
    this.keys = keys;
    this.timeout = timeout;
    this.description = description;
  }

  /** A call in flight. */
  public record Call<T>(Script script, CompletableFuture<T> reply, String ifLost) {}

  /**
   * Runs a script.
   *
   * @param ifLost what becomes of the events if the script ran and its reply was lost
   * @throws IllegalStateException if the store is closed
   * @throws QueueUnavailableException if Redis did not run it, or it is not known whether it did
   * @throws QueueException if Redis refused it for good
   */
  public Object run(Script script, String ifLost, Object... arguments) {
    return await(send(script, ifLost, arguments));
  }

  /** Runs a script that replies with a list. */
  public Reply query(Script script, String ifLost, Object... arguments) {
    return new Reply((List<?>) run(script, ifLost, arguments));
  }

  /** Sends a script without waiting. */
  public Call<Object> send(Script script, String ifLost, Object... arguments) {
    requireOpen();
    if (!script.accepts(arguments.length)) {
      throw new AssertionError(script + " does not take " + arguments.length + " arguments");
    }
    Connections connections = link.current();
    if (!connections.commands().isOpen()) {
      link.lost(connections);
      throw notSent(script, new RedisConnectionException("not connected"));
    }
    check(changes);
    byte[][] encoded = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      encoded[i] =
          arguments[i] instanceof byte[] bytes ? bytes : arguments[i].toString().getBytes(UTF_8);
    }
    return new Call<>(script, dispatch(connections, script, encoded), ifLost);
  }

  /** Sends a script that other questions queue up behind; they cancel it at its timeout. */
  public <T> CompletableFuture<T> ask(
      Script script, Function<Object, T> reading, Object... arguments) {
    CompletableFuture<Object> reply = send(script, "", arguments).reply();
    CompletableFuture<T> answer = reply.thenApply(reading);
    cancelTogether(answer, reply);
    return answer;
  }

  /** Returns how long a call waits. */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Fails if the store is closed.
   *
   * @throws IllegalStateException if the store is closed
   */
  public void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  private void check(@Nullable Changes hearing) {
    if (hearing != null && !hearing.isHearing(Time.system().now())) {
      link.deaf(hearing.connections());
    }
  }

  private CompletableFuture<Object> dispatch(
      Connections connections, Script script, byte[][] arguments) {
    ScriptOutputType output =
        switch (script) {
          case CANCEL, EXTEND, FAIL, PURGE, RELEASE, REMOVE, REPRIORITIZE, RETRY ->
              ScriptOutputType.INTEGER;
          default -> ScriptOutputType.MULTI;
        };
    byte[][] scriptKeys = keys.of(script);
    CompletableFuture<Object> reply = new CompletableFuture<>();
    var unusedToo = reply.whenComplete((value, failure) -> report(connections, failure));
    try {
      CompletableFuture<Object> first =
          connections
              .async()
              .<Object>evalsha(script.digest(), output, scriptKeys, arguments)
              .toCompletableFuture();
      var unused =
          first.whenComplete(
              (value, failure) -> {
                if (failure instanceof RedisNoScriptException) {
                  again(connections, script, output, scriptKeys, arguments, reply);
                } else if (failure != null) {
                  reply.completeExceptionally(failure);
                } else {
                  reply.complete(value);
                }
              });
      cancelTogether(reply, first);
    } catch (RedisException e) {
      reply.completeExceptionally(e);
    }
    return reply;
  }

  private static void again(
      Connections connections,
      Script script,
      ScriptOutputType output,
      byte[][] scriptKeys,
      byte[][] arguments,
      CompletableFuture<Object> reply) {
    try {
      forward(
          connections
              .async()
              .<Object>eval(script.text(), output, scriptKeys, arguments)
              .toCompletableFuture(),
          reply);
    } catch (Throwable failure) {
      // Thrown in a thread of the connection, it would go unnoticed.
      reply.completeExceptionally(failure);
    }
  }

  /** Reports to the link what the end of a call says about the connections. */
  private void report(Connections connections, @Nullable Throwable failure) {
    if (failure == null) {
      link.answered(connections);
    } else if (failure instanceof RedisCommandExecutionException) {
      String error = String.valueOf(failure.getMessage());
      if (Refusal.of(error).filter(Refusal::elsewhere).isPresent()) {
        link.refused(connections, error);
      } else {
        link.answered(connections);
      }
    } else if (failure instanceof CancellationException
        || failure instanceof RedisCommandTimeoutException) {
      link.unanswered(connections);
    } else if (failure instanceof RedisException) {
      link.lost(connections);
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

  /** Cancels the follower when the leader is canceled. */
  public static void cancelTogether(CompletableFuture<?> leader, Future<?> follower) {
    var unused =
        leader.whenComplete(
            (value, failure) -> {
              if (failure instanceof CancellationException) {
                follower.cancel(true);
              }
            });
  }

  /** Waits for a reply. */
  public <T> T await(Call<T> call) {
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

  /** Waits until a call ends, with whatever result, or times out. */
  public void awaitEnd(Call<?> call) {
    try {
      Object unused = getUninterruptibly(call.reply());
    } catch (ExecutionException | TimeoutException | CancellationException known) {
      // The caller that waits for the reply gets the exception.
    }
  }

  /**
   * Waits even if the thread is interrupted, and restores the interrupt: a thread that is told to
   * stop still needs to know what became of its event, and the timeout bounds the wait.
   */
  private <T> T getUninterruptibly(Future<T> future) throws ExecutionException, TimeoutException {
    boolean interrupted = false;
    try {
      Instant deadline = Time.system().now().plus(timeout);
      while (true) {
        Duration left = Duration.between(Time.system().now(), deadline);
        try {
          return future.get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
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
      if (message.contains("NOQUEUE")) {
        return new NoSuchQueueException(keys.namespace(), List.of());
      }
      if (message.contains("FORMAT ")) {
        return new QueueException(
            "the namespace is not written in the format of this version of ratelimit-redis ("
                + message
                + "). Nothing was changed. "
                + (message.contains("older")
                    ? "Stop the processes of the older version, let it drain the"
                        + " namespace, and remove it with that version; or use another"
                        + " namespace"
                    : "Update this process"),
            cause);
      }
      if (message.startsWith("MOVED ") && !link.current().isCluster()) {
        return new QueueException(
            description
                + " is a node of a Redis Cluster, and nothing was changed; connect to it as to a"
                + " cluster ("
                + message
                + ")",
            cause);
      }
      return refused(call, message, cause);
    }
    if (closed) {
      return new IllegalStateException("the queue was closed meanwhile; " + call.ifLost(), cause);
    }
    if (cause instanceof TimeoutException || cause instanceof RedisCommandTimeoutException) {
      return timedOut(call, cause);
    }
    if (cause instanceof QueueUnavailableException) {
      return new QueueUnavailableException(message, cause);
    }
    if (cause instanceof QueueException) {
      return new QueueException(message, cause);
    }
    if (cause instanceof RedisConnectionException
        || cause instanceof PartitionSelectorException
        || message.startsWith(NOT_CONNECTED)) {
      return notSent(call.script(), cause);
    }
    return cause instanceof RedisException || cause instanceof CancellationException
        ? lost(call, cause)
        : failedHere(call, cause);
  }

  private QueueException refused(Call<?> call, String message, Throwable cause) {
    String refused = description + " refused " + call.script();
    Optional<Refusal> refusal = Refusal.of(message);
    return refusal.isPresent()
        ? new QueueUnavailableException(
            refused
                + ", and "
                + refusal.get().effect(message, call.ifLost())
                + ": "
                + message
                + " ("
                + refusal.get().advice()
                + ")",
            cause)
        : new QueueException(refused + " for good: " + message + " (" + call.ifLost() + ")", cause);
  }

  private QueueUnavailableException failedHere(Call<?> call, Throwable cause) {
    return new QueueUnavailableException(
        call.script() + " failed in this process (" + cause + "); " + call.ifLost(), cause);
  }

  private QueueUnavailableException notSent(Script script, Throwable cause) {
    return new QueueUnavailableException(
        description
            + " is not connected"
            + link.failure().map(reason -> " (" + reason + ")").orElse("")
            + "; "
            + script
            + " was not sent and nothing was changed",
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
   * Calls a listener at each change by another client, and after each reconnection, when it may
   * have missed one.
   *
   * @param client the name with which this client signs its own changes
   * @param onWoken called at a change that is announced to this client alone
   */
  public void listen(String client, Runnable listener, Runnable onWoken) {
    notReplaced = link.onReplaced(fresh -> hear(fresh, client, listener, onWoken));
    hear(link.current(), client, listener, onWoken);
  }

  private void hear(Connections connections, String client, Runnable listener, Runnable onWoken) {
    changes =
        new Changes(
            connections,
            keys.channels(),
            client,
            listener,
            onWoken,
            description,
            Time.system().now());
  }

  /** Returns whether changes can be announced to this client alone. */
  public boolean canBeWoken() {
    Changes hearing = changes;
    return hearing != null && hearing.canBeWoken();
  }

  /**
   * Announces a change to the other clients without waiting. If the message is lost, they notice
   * later.
   */
  public void tell(String client) {
    Connections connections = link.current();
    if (connections.commands().isOpen()) {
      var unused = connections.async().publish(keys.channel(), client.getBytes(UTF_8));
    }
  }

  @Override
  public void close() {
    closed = true;
    notReplaced.run();
    Changes hearing = changes;
    if (hearing != null) {
      hearing.close();
    }
    link.close();
  }

  public boolean isClosed() {
    return closed;
  }
}
