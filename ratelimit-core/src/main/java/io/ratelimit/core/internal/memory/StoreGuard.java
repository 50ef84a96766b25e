package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStore;
import io.ratelimit.core.queue.QueueStore.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one at a time at the state of a queue that a store keeps: in a transaction, in which it
 * first reads what other processes wrote since, and then writes what has changed. The state stays
 * in memory in between; after a failure it is read anew. Thread-safe.
 */
public final class StoreGuard implements Guard {

  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  /** For so many versions it is kept which records were removed. */
  private static final long REMEMBERED_VERSIONS = 1_000;

  private final QueueStore store;
  private final RateLimit limit;
  private final Optional<Duration> aging;
  private final int countedTypes;
  private final List<NamedLimit> named;
  private final StoreTime time;
  private final ChangeListeners listeners = new ChangeListeners();
  // All guarded by this.
  private @Nullable QueueState state;
  private long version;
  private boolean isNews;
  private boolean closed;
  private volatile Subscription told = () -> {};

  public StoreGuard(
      QueueStore store,
      RateLimit limit,
      Optional<Duration> aging,
      int countedTypes,
      List<NamedLimit> named,
      StoreTime time) {
    this.store = store;
    this.limit = limit;
    this.aging = aging;
    this.countedTypes = countedTypes;
    this.named = named;
    this.time = time;
  }

  /** Reads what is there, and declares the limits that are not. */
  public void open() {
    boolean unused = locked(held -> true);
    told = store.onTold(listeners::tell);
  }

  @Override
  public <T> T locked(Function<QueueState, T> action) {
    return lockedAt((held, now) -> action.apply(held));
  }

  @Override
  public <T> T lockedAt(BiFunction<QueueState, Instant, T> action) {
    T result;
    boolean news;
    synchronized (this) {
      requireOpen();
      result = transact(action);
      news = isNews;
    }
    if (news) {
      listeners.tell();
    }
    return result;
  }

  /** What a transaction left behind, which holds once it is committed. */
  private record Done<T>(T result, QueueState state, long version) {}

  private <T> T transact(BiFunction<QueueState, Instant, T> action) {
    isNews = false;
    Done<T> done = store.transact(transaction -> act(transaction, action));
    state = done.state;
    version = done.version;
    return done.result;
  }

  private <T> Done<T> act(
      QueueStore.Transaction transaction, BiFunction<QueueState, Instant, T> action) {
    Instant now = transaction.now();
    time.tell(now);
    // It may fail, be run again, or not be committed: then what it leaves in memory is of no use.
    QueueState known = state;
    state = null;
    QueueState current = current(transaction, known, now);
    T result;
    try {
      result = action.apply(current, now);
    } catch (RuntimeException refused) {
      if (current.records().areWritten()) {
        state = current;
      }
      throw refused;
    }
    return new Done<>(result, current, written(transaction, current));
  }

  /** Returns the state as it is in the store. */
  private QueueState current(
      QueueStore.Transaction transaction, @Nullable QueueState known, Instant now) {
    long stored = transaction.version();
    if (known != null
        && (version == stored || (version < stored && update(transaction, known, now)))) {
      return known;
    }
    QueueState loaded = empty(now);
    if (stored > 0) {
      read(loaded, transaction.changedAfter(0), now);
    }
    loaded.declare(named, now);
    if (version > stored) {
      // The store lost starts that this process has seen: it was restored, or emptied.
      loaded.forgetPast(now);
    }
    version = stored;
    return loaded;
  }

  /** Returns whether it could be told what others wrote since. */
  private boolean update(QueueStore.Transaction transaction, QueueState known, Instant now) {
    long before = version;
    read(known, transaction.changedAfter(before), now);
    version = transaction.version();
    isNews = true;
    return known.records().forgotten() <= before;
  }

  private static void read(QueueState into, List<StoredRecord> records, Instant now) {
    try {
      into.records().read(records, now);
    } catch (IllegalArgumentException unreadable) {
      throw new QueueException(
          "the queue's store holds what cannot be read, and nothing was changed: "
              + unreadable.getMessage(),
          unreadable);
    }
  }

  private QueueState empty(Instant now) {
    return new QueueState(
        limit, aging, countedTypes, List.of(), new SharedLimits(false, new Changes()), now);
  }

  private static long written(QueueStore.Transaction transaction, QueueState current) {
    List<StoredRecord> records = current.records().write();
    long stored = transaction.version();
    if (records.isEmpty()) {
      return stored;
    }
    long next = stored + 1;
    long forgotten = current.records().forgotten();
    if (next % REMEMBERED_VERSIONS == 0 && next > REMEMBERED_VERSIONS) {
      forgotten = next - REMEMBERED_VERSIONS;
      transaction.forgetRemoved(forgotten);
    }
    records.add(current.records().head(forgotten));
    transaction.write(next, records);
    return next;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  /** The other processes, too. */
  @Override
  public void tell() {
    listeners.tell();
    try {
      store.tellOthers();
    } catch (RuntimeException away) {
      // What is told was committed.
      LOG.warn(
          "other processes are not told of a change, and notice it only by asking again: {}",
          Printable.text(String.valueOf(away.getMessage())));
    }
  }

  @Override
  public synchronized Subscription subscribe(Runnable listener) {
    requireOpen();
    return listeners.add(listener);
  }

  @Override
  public void close() {
    Subscription ended;
    synchronized (this) {
      closed = true;
      state = null;
      listeners.clear();
      ended = told;
    }
    ended.close();
  }
}
