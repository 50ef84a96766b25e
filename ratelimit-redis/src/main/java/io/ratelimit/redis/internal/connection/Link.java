package io.ratelimit.redis.internal.connection;

import io.ratelimit.core.internal.log.RepeatedWarnings;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections in use, shared by one or more queues. Connections that fall silent, stay lost, or
 * lead to a server that refuses calls are replaced in the background; until then, calls continue
 * over the old ones. Thread-safe.
 */
public final class Link implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Link.class);

  // Also guards the numbers of users.
  private static final Map<Object, Shared> SHARED = new HashMap<>();

  private final Dialer dialer;
  private final String description;
  private final Duration longestCall;
  private final Object lock = new Object();
  private final Trouble trouble = new Trouble();
  private final RepeatedWarnings warnings = new RepeatedWarnings(Time.system());
  private final Set<Connections> retired = new HashSet<>();
  private volatile Connections current;
  private volatile boolean troubled;
  private volatile Optional<String> failure = Optional.empty();
  private final List<Consumer<Connections>> onReplaced = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean closed;
  private int attempts;
  private volatile @Nullable Shared sharing;

  /**
   * Connects.
   *
   * @param longestCall how long calls may still be in flight over replaced connections
   * @throws io.lettuce.core.RedisException if that fails; the dialer is closed then
   */
  public Link(Dialer dialer, Duration longestCall, String description) {
    this.dialer = dialer;
    this.description = description;
    this.longestCall = longestCall;
    try {
      this.current = dialer.open();
    } catch (RuntimeException | Error e) {
      dialer.close();
      throw e;
    }
  }

  /**
   * Returns the link that all queues with the same target share. The first one connects, and the
   * last one to close it closes the connections.
   *
   * @param target equal for queues that share the link
   * @param connecting creates the link for the first one
   */
  public static Link shared(Object target, Supplier<Link> connecting) {
    Shared shared;
    synchronized (SHARED) {
      shared = SHARED.computeIfAbsent(target, Shared::new);
      shared.users++;
    }
    // Connects outside the lock: a slow server must not delay other targets.
    synchronized (shared) {
      Link link = shared.link;
      if (link == null) {
        try {
          link = connecting.get();
        } catch (RuntimeException | Error failure) {
          boolean unused = shared.leave();
          throw failure;
        }
        link.sharing = shared;
        shared.link = link;
      }
      return link;
    }
  }

  /** The users of one target. */
  private static final class Shared {
    private final Object target;
    private int users;
    private @Nullable Link link;

    Shared(Object target) {
      this.target = target;
    }

    /** Removes a user, and returns whether it was the last. */
    boolean leave() {
      synchronized (SHARED) {
        users--;
        return users == 0 && SHARED.remove(target, this);
      }
    }
  }

  /** Returns the connections to use now. */
  public Connections current() {
    return current;
  }

  /**
   * Registers a listener that is called before a replacement is used.
   *
   * @return removes the listener
   */
  public Runnable onReplaced(Consumer<Connections> listener) {
    onReplaced.add(listener);
    return () -> onReplaced.remove(listener);
  }

  /** Returns why the last attempt to replace the connections failed, if it did. */
  public Optional<String> failure() {
    return failure;
  }

  /** Notes that the connections answered a call. */
  public void answered(Connections connections) {
    if (troubled && connections.equals(current)) {
      synchronized (lock) {
        trouble.answered();
        troubled = false;
        failure = Optional.empty();
      }
    }
  }

  /** Notes that the connections did not answer a call in time. */
  public void unanswered(Connections connections) {
    report(connections, "does not answer", trouble::unanswered);
  }

  /** Notes that the connections are lost: a call could not be sent or answered. */
  public void lost(Connections connections) {
    report(connections, "is not connected", trouble::lost);
  }

  /** Notes that the server refused a call that another server may accept. */
  public void refused(Connections connections, String error) {
    report(connections, "refuses: " + error, trouble::unfit);
  }

  /** Notes that the connections no longer hear of changes. */
  public void deaf(Connections connections) {
    report(connections, "no longer reports changes", trouble::unfit);
  }

  private void report(Connections connections, String why, Predicate<Instant> isToBeReplaced) {
    int attempt;
    synchronized (lock) {
      if (closed || !connections.equals(current)) {
        return;
      }
      troubled = true;
      if (!isToBeReplaced.test(Time.system().now())) {
        return;
      }
      attempt = ++attempts;
    }
    warnings.warn(log, "report", description + " " + why + "; reconnecting", null);
    try {
      Thread thread = new Thread(() -> replace(attempt), "ratelimit-redis-connect");
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable noThread) {
      failed(attempt, noThread);
    }
  }

  private void replace(int attempt) {
    try {
      use(attempt, dialer.open());
    } catch (Throwable fault) {
      failed(attempt, fault);
    }
  }

  private void failed(int attempt, Throwable fault) {
    synchronized (lock) {
      if (attempt == attempts) {
        trouble.attemptFailed();
      }
      if (closed) {
        return;
      }
      failure = Optional.of(RootCause.message(fault));
    }
    String why = RootCause.message(fault);
    warnings.warn(log, "failed", description + " cannot be reconnected: " + why, null);
  }

  private void use(int attempt, Connections fresh) {
    Connections old = null;
    synchronized (lock) {
      // A later attempt may have finished first.
      if (!closed && attempt == attempts) {
        old = current;
        retired.add(old);
        onReplaced.forEach(listener -> listener.accept(fresh));
        current = fresh;
        trouble.replaced();
        failure = Optional.empty();
      }
    }
    if (old == null) {
      fresh.close();
      return;
    }
    warnings.tellAll();
    log.info("{} is connected again", description);
    retireWhenCallsHaveEnded(old);
  }

  // Closes them in the replacing thread, which ends with the link: Java's own threads for delayed
  // tasks never end, and would retain the class loader of their first user.
  private void retireWhenCallsHaveEnded(Connections old) {
    boolean interrupted = false;
    try {
      var unused = closing.await(longestCall.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    boolean mine;
    synchronized (lock) {
      mine = retired.remove(old);
    }
    if (mine) {
      old.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Shared shared = sharing;
    if (shared != null && !shared.leave()) {
      return;
    }
    Set<Connections> open;
    synchronized (lock) {
      closed = true;
      open = new HashSet<>(retired);
      retired.clear();
      open.add(current);
    }
    closing.countDown();
    open.forEach(Connections::close);
    dialer.close();
  }
}
