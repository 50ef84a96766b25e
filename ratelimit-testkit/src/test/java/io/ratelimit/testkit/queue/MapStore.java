package io.ratelimit.testkit.queue;

import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueStore;
import io.ratelimit.core.queue.QueueStore.StoredRecord;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An in-memory store that rolls back failed transactions. */
final class MapStore implements QueueStore {

  private record Row(long version, StoredRecord record) {}

  private final Time time;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private Map<Long, Row> rows = new HashMap<>();
  private long version;
  private boolean failsNext;
  private volatile boolean tells;

  MapStore(Time time) {
    this.time = time;
  }

  @Override
  public synchronized <T> T transact(Function<Transaction, T> work) {
    Map<Long, Row> rowsBefore = new HashMap<>(rows);
    long versionBefore = version;
    try {
      T result = work.apply(new InMap());
      if (failsNext) {
        failsNext = false;
        throw new QueueUnavailableException("not committed", new IllegalStateException("test"));
      }
      return result;
    } catch (Throwable failed) {
      rows = rowsBefore;
      version = versionBefore;
      throw failed;
    }
  }

  @Override
  public void tellOthers() {
    if (tells) {
      listeners.forEach(Runnable::run);
    }
  }

  @Override
  public Subscription onTold(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private final class InMap implements Transaction {

    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public List<StoredRecord> changedAfter(long after) {
      return rows.values().stream()
          .filter(row -> row.version > after)
          .sorted(Comparator.comparingLong(Row::version))
          .map(Row::record)
          .toList();
    }

    @Override
    public void write(long newVersion, List<StoredRecord> records) {
      records.forEach(record -> rows.put(record.id(), new Row(newVersion, record)));
      version = newVersion;
    }

    @Override
    public void forgetRemoved(long upTo) {
      rows.values().removeIf(row -> row.version <= upTo && row.record.text().isEmpty());
    }
  }

  /** Returns a store with the records in these lines: version, id, and text if any. */
  static MapStore of(List<String> lines, Time time) {
    MapStore store = new MapStore(time);
    for (String line : lines) {
      String[] parts = line.split(" ", 3);
      long id = Long.parseLong(parts[1]);
      Optional<String> text = Optional.of(parts[2]).filter(any -> !any.isEmpty());
      store.version = Long.parseLong(parts[0]);
      store.rows.put(id, new Row(store.version, new StoredRecord(id, text)));
    }
    return store;
  }

  /** Lets its processes tell each other from now on. */
  void tell() {
    tells = true;
  }

  /** Makes the next transaction fail to commit. */
  synchronized void failNext() {
    failsNext = true;
  }

  /** Returns the number of records, including removed ones. */
  synchronized int size() {
    return rows.size();
  }

  /** Overwrites a record. */
  synchronized void overwrite(long id, String text) {
    version++;
    rows.put(id, new Row(version, new StoredRecord(id, Optional.of(text))));
  }

  /** Returns a backup of the current contents. */
  synchronized MapStore copy() {
    MapStore copy = new MapStore(time);
    copy.rows.putAll(rows);
    copy.version = version;
    return copy;
  }

  /** Replaces the contents with a backup. */
  synchronized void restore(MapStore backup) {
    rows = new HashMap<>(backup.rows);
    version = backup.version;
  }
}
