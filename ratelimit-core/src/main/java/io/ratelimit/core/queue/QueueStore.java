package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.queue.EventQueue.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a {@link StoredEventQueue} keeps what it holds: the port that a host implements over its
 * own database. It stores records, which it never needs to understand, each under the version at
 * which it was written last; every rule of the queue is in the queue.
 *
 * <p>Implementations are thread-safe. A store is one queue's; several processes may use it at the
 * same time.
 */
public interface QueueStore {

  /**
   * Runs work in a transaction that excludes every other one of this queue, in any process, from
   * its begin to its end: commits when the work returns, and rolls back when it throws. What the
   * work throws reaches the caller as it is.
   *
   * <p>May run the work again when the database asks for that, after a conflict for example. The
   * queue asks for one transaction at a time in each process.
   *
   * @throws QueueUnavailableException if the database cannot be reached, or does not commit. The
   *     message says whether the work may have taken effect
   */
  <T> T transact(Function<Transaction, T> work);

  /**
   * Tells the other processes, after a commit, that whoever waits in them may start something
   * earlier now. By default it does nothing: they notice it with their next call, every {@link
   * EventQueue#pollInterval} while nothing waits, but, while they wait for the limit, only when it
   * was to allow the next start, within 30 seconds. Override it together with {@link #onTold}, by
   * the notifications of your database for example, if they share a queue.
   *
   * <p>It must return soon. One that is lost costs time, and no event; an exception is logged and
   * does not affect what was committed.
   */
  default void tellOthers() {}

  /**
   * Calls a listener whenever another process {@linkplain #tellOthers tells}. It may be called from
   * any thread, and returns at once; it may be called without a reason.
   *
   * @return ends that
   */
  default Subscription onTold(Runnable listener) {
    return () -> {};
  }

  /** One transaction. It is used by one thread, and no longer than the work runs. */
  interface Transaction {

    /**
     * Returns the time by the one clock that all processes share, which is the database's, read
     * when others were excluded.
     */
    Instant now();

    /** Returns the version that was written last; 0: none ever was. */
    long version();

    /**
     * Returns the records that were written last at a later version, in the order of their
     * versions. Those that were removed are among them, unless they were {@linkplain #forgetRemoved
     * forgotten}.
     */
    List<StoredRecord> changedAfter(long version);

    /**
     * Writes records: new ones, and others in place of those with their ids. One that is removed is
     * kept without its text.
     *
     * @param version what {@link #version} returns from now on
     */
    void write(long version, List<StoredRecord> records);

    /** Forgets the records that were removed at this version or an earlier one. */
    void forgetRemoved(long version);
  }

  /**
   * A part of a queue's state, as a {@link QueueStore} keeps it.
   *
   * @param id identifies the record in its queue: 1 or more
   * @param text what is kept, printable ASCII; empty: the record is removed
   */
  record StoredRecord(long id, Optional<String> text) {

    /** Creates a record. */
    public StoredRecord {
      requireNonNull(text, "text");
    }
  }
}
