package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.KeyState;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStore.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QueueState} holds as records of a store: those that changed are written, and those
 * that another process wrote take the place of what was there. Guarded by the queue's lock.
 *
 * <p>A record begins with its kind. Each record is in one piece: what is derived from several of
 * them, such as order, counts by type and attempts in flight, is not kept.
 */
final class QueueRecords {

  private static final int VERSION = 1;
  private static final long HEAD = 1;
  private static final long LIMIT = 2;
  private static final String QUEUE = "queue";
  private static final String EVENT = "event";
  private static final String NAMED = "named";
  private static final String KEY = "key";
  private static final String FLOW = "flow";
  private static final String OBSERVED = "observed";
  private static final String ACQUIRED = "acquired";
  private static final String REMEMBERED = "remembered";

  private static final long NO_TURNS = Long.MAX_VALUE / 2;

  /** Parts whose text ends in the text of a limit are two texts. */
  private static final char AND = ' ';

  /** Where an event is. */
  private enum Place {
    PENDING,
    ASIDE,
    DELAYED,
    LEASED,
    FAILED
  }

  private final QueueState queue;
  private final Changes changes;
  private final Map<Long, Kept> byRecord = new HashMap<>();
  private @Nullable LimitState writtenLimit;
  private long last = LIMIT;
  private long forgotten;

  QueueRecords(QueueState queue, Changes changes) {
    this.queue = queue;
    this.changes = changes;
  }

  /** Returns whether there is nothing to write. */
  boolean areWritten() {
    return changes.isEmpty() && queue.limit == writtenLimit;
  }

  /** Returns up to which version removed records were forgotten. */
  long forgotten() {
    return forgotten;
  }

  /** Returns the records of what has changed since the last time, or since it was read. */
  List<StoredRecord> write() {
    List<StoredRecord> records = new ArrayList<>();
    if (areWritten()) {
      return records;
    }
    for (Kept part : changes.take()) {
      Optional<String> text = text(part);
      if (text.isPresent()) {
        if (part.record == 0) {
          last++;
          part.record = last;
        }
        byRecord.put(part.record, part);
        records.add(new StoredRecord(part.record, text));
      } else if (byRecord.remove(part.record, part)) {
        records.add(new StoredRecord(part.record, text));
      }
    }
    if (queue.limit != writtenLimit) {
      writtenLimit = queue.limit;
      records.add(new StoredRecord(LIMIT, Optional.of(queue.limit.toText())));
    }
    return records;
  }

  /** Returns the record that is written with all others. */
  StoredRecord head(long newForgotten) {
    forgotten = newForgotten;
    FormWriter form = new FormWriter(QUEUE, VERSION);
    form.number(last).number(forgotten).number(queue.keyed.turns());
    form.list(
        queue.pending.turns().entrySet(),
        turn -> form.text(turn.getKey().name()).number(turn.getValue()));
    queue.counts.write(form);
    queue.corrections.write(form);
    return new StoredRecord(HEAD, Optional.of(form.end()));
  }

  private Optional<String> text(Kept part) {
    if (part instanceof Entry entry) {
      return text(entry);
    }
    if (part instanceof KeyedLimits.Named named) {
      FormWriter form = new FormWriter(NAMED, VERSION);
      form.number(named.heaviest)
          .optional(Optional.ofNullable(named.forgottenUntil), form::instant);
      return Optional.of(form.end() + AND + named.settings.toText());
    }
    if (part instanceof KeyedLimits.Counted key) {
      FormWriter form = new FormWriter(KEY, VERSION);
      RecordForms.write(form, key.id);
      RecordForms.write(form, Optional.ofNullable(key.pause));
      String text = form.end() + AND + key.state.toText();
      return Optional.of(text).filter(any -> queue.namedLimits.find(key.id) == key);
    }
    if (part instanceof Flow flow) {
      FormWriter form = new FormWriter(FLOW, VERSION).text(flow.id.priority().name());
      form.list(flow.id.keys(), key -> RecordForms.write(form, key)).number(flow.ticket);
      return Optional.of(form.end()).filter(any -> queue.keyed.has(flow));
    }
    if (part instanceof ObservedTypes.Observed observed) {
      FormWriter form = new FormWriter(OBSERVED, VERSION);
      RecordForms.write(form, observed.type);
      RecordForms.write(form, observed.history);
      return Optional.of(form.end());
    }
    if (part instanceof Acquired.Remembered start) {
      FormWriter form = new FormWriter(ACQUIRED, VERSION).text(start.id);
      return Optional.of(form.instant(start.granted.start()).end())
          .filter(any -> queue.acquired.isRemembered(start));
    }
    RememberedIds.Remembered one = (RememberedIds.Remembered) part;
    FormWriter form = new FormWriter(REMEMBERED, VERSION).flag(one.owner == queue.corrected);
    return Optional.of(form.text(one.id).instant(one.until).end())
        .filter(any -> one.isRemembered());
  }

  private Optional<String> text(Entry entry) {
    FailedEvents.Failure failure = queue.failed.failure(entry);
    if (failure == null && queue.unfinished.get(entry.event.id()) != entry) {
      return Optional.empty();
    }
    FormWriter form = new FormWriter(EVENT, VERSION).number(entry.sequence);
    RecordForms.write(form, entry.event);
    form.instant(entry.publishedAt);
    RecordForms.write(form, entry.charges);
    String latestKey = entry.latestKey();
    Lease lease = entry.lease();
    form.optional(Optional.ofNullable(entry.expiresAt()), form::instant)
        .flag(entry.failsExpired())
        .optional(Optional.ofNullable(latestKey), form::text)
        .flag(latestKey != null && queue.latest.get(latestKey) == entry)
        .duration(entry.dedupAfterDone())
        .number(entry.attempts)
        .list(entry.history(), past -> RecordForms.write(form, past));
    RecordForms.write(form, entry.held());
    Place place = failure == null ? place(entry) : Place.FAILED;
    form.text(place.name());
    if (failure != null) {
      form.text(failure.reason()).instant(failure.at());
    } else if (lease != null) {
      form.text(lease.token())
          .number(lease.attempt())
          .text(lease.worker())
          .instant(lease.takenAt())
          .instant(lease.expiresAt());
      RecordForms.write(form, entry.costs());
    } else if (place == Place.DELAYED) {
      form.instant(entry.dueAt());
    }
    return Optional.of(form.end());
  }

  private Place place(Entry entry) {
    if (entry.lease() != null) {
      return Place.LEASED;
    }
    if (queue.delayed.contains(entry)) {
      return Place.DELAYED;
    }
    return entry.charges.isEmpty() && queue.pending.isAside(entry) ? Place.ASIDE : Place.PENDING;
  }

  /** A record of which the kind is known. */
  private record Read(StoredRecord record, String kind, String text) {

    static Read of(StoredRecord record) {
      String text = record.text().orElseThrow();
      int slash = text.indexOf('/');
      return new Read(record, slash < 0 ? "" : text.substring(0, slash), text);
    }

    /** Returns the first of two texts. */
    String first() {
      int and = text.indexOf(AND);
      return and < 0 ? text : text.substring(0, and);
    }

    /** Returns the other one. */
    String second() {
      return text.substring(text.indexOf(AND) + 1);
    }
  }

  /** An event, and how it gets to its place. */
  private record Restored(Entry entry, Runnable attach) {}

  /**
   * Takes what others wrote in place of what is there.
   *
   * @param records in the order of their versions
   */
  void read(List<StoredRecord> records, Instant now) {
    List<Read> reads = new ArrayList<>();
    for (StoredRecord record : records) {
      Kept old = byRecord.get(record.id());
      if (old instanceof Entry entry) {
        queue.detach(entry);
      }
      if (record.text().isPresent()) {
        reads.add(Read.of(record));
      } else if (old != null) {
        byRecord.remove(record.id());
        remove(old);
      }
    }
    // Flows that are new here draw tickets that none has, until their own are read.
    queue.keyed.setTurns(NO_TURNS);
    // What others stand on comes first, and the counters that parts draw from last.
    reads.stream().filter(read -> read.kind.equals(NAMED)).forEach(this::readNamed);
    reads.stream().filter(read -> read.kind.equals(KEY)).forEach(read -> readKey(read, now));
    List<Restored> events = new ArrayList<>();
    reads.stream()
        .filter(read -> read.kind.equals(EVENT))
        .forEach(read -> events.add(readEvent(read, now)));
    events.sort((one, other) -> Long.compare(one.entry.sequence, other.entry.sequence));
    events.forEach(event -> event.attach.run());
    for (Read read : reads) {
      switch (read.kind) {
        case FLOW -> readFlow(read);
        case OBSERVED, ACQUIRED, REMEMBERED -> readSmall(read);
        case QUEUE -> readHead(read);
        case NAMED, KEY, EVENT -> {}
        default -> queue.limit = LimitState.parse(read.text);
      }
    }
    writtenLimit = queue.limit;
    changes.clear();
  }

  private void remove(Kept old) {
    if (old instanceof KeyedLimits.Counted key) {
      key.state = KeyState.unused();
      key.pause = null;
    } else if (old instanceof Acquired.Remembered start) {
      queue.acquired.remove(start);
    } else if (old instanceof RememberedIds.Remembered one) {
      one.owner.remove(one);
    }
    old.record = 0;
  }

  private void keep(Read read, Kept part) {
    part.record = read.record.id();
    byRecord.put(part.record, part);
  }

  private void readNamed(Read read) {
    NamedLimitSettings settings = NamedLimitSettings.parse(read.second());
    KeyedLimits.Named known = queue.namedLimits.find(settings.limit().name());
    KeyedLimits.Named named = known == null ? queue.namedLimits.put(settings) : known;
    named.settings = settings;
    int heaviest =
        FormReader.read(
            read.first(),
            NAMED,
            VERSION,
            form -> {
              int most = form.integer();
              named.forgottenUntil = form.optional(form::instant).orElse(null);
              return most;
            });
    named.heaviest = heaviest;
    keep(read, named);
    queue.keyed.lookAgain(List.copyOf(named.keys.values()));
  }

  private void readKey(Read read, Instant now) {
    KeyState state = KeyState.parse(read.second());
    KeyedLimits.Counted key =
        FormReader.read(
            read.first(),
            KEY,
            VERSION,
            form -> {
              LimitKey id = RecordForms.key(form);
              KeyedLimits.Counted counted = queue.namedLimits.counted(id, now);
              counted.pause = RecordForms.pause(form).orElse(null);
              return counted;
            });
    key.state = state;
    keep(read, key);
    queue.keyed.lookAgain(List.of(key));
  }

  private Restored readEvent(Read read, Instant now) {
    Restored event = FormReader.read(read.text, EVENT, VERSION, form -> readEvent(form, now));
    keep(read, event.entry);
    return event;
  }

  private Restored readEvent(FormReader form, Instant now) {
    long sequence = form.number();
    AuditEvent event = RecordForms.event(form);
    Entry entry = new Entry(sequence, event, form.instant(), RecordForms.charges(form));
    Optional<Instant> expiresAt = form.optional(form::instant);
    boolean failsExpired = form.flag();
    expiresAt.ifPresent(at -> entry.expire(at, failsExpired));
    entry.setLatestKey(form.optional(form::text).orElse(null));
    boolean isLatest = form.flag();
    entry.setDedupAfterDone(form.duration());
    entry.attempts = form.integer();
    entry.setHistory(form.list(() -> RecordForms.pastAttempt(form)));
    entry.setHeld(RecordForms.charges(form));
    List<Charge> held = entry.held();
    Place place = Place.valueOf(form.text());
    if (place == Place.FAILED) {
      String reason = form.text();
      Instant at = form.instant();
      return new Restored(entry, () -> queue.failed.add(entry, reason, at));
    }
    Runnable put =
        switch (place) {
          case DELAYED -> {
            Instant due = form.instant();
            yield () -> queue.delayed.add(entry, due);
          }
          case LEASED -> {
            Lease lease =
                new Lease(
                    form.text(),
                    sequence,
                    event,
                    form.integer(),
                    form.text(),
                    entry.publishedAt,
                    form.instant(),
                    form.instant());
            entry.setCosts(RecordForms.costs(form));
            yield () -> queue.leased.restore(entry, lease);
          }
          case ASIDE -> () -> queue.pending.addAside(entry);
          default -> () -> queue.pending.add(entry);
        };
    return new Restored(
        entry,
        () -> {
          entry.setHeld(queue.namedLimits.hold(held, now));
          queue.attach(entry, isLatest);
          if (place != Place.LEASED) {
            queue.expiring.add(entry);
          }
          put.run();
        });
  }

  private void readFlow(Read read) {
    record Written(Flow.Id id, long ticket) {}
    Written written =
        FormReader.read(
            read.text,
            FLOW,
            VERSION,
            form ->
                new Written(
                    new Flow.Id(RecordForms.priority(form), form.list(() -> RecordForms.key(form))),
                    form.number()));
    Flow flow = queue.keyed.setTicket(written.id, written.ticket);
    keep(read, requireNonNull(flow, "flow"));
  }

  private void readSmall(Read read) {
    keep(
        read,
        FormReader.read(
            read.text,
            read.kind,
            VERSION,
            form -> {
              if (read.kind.equals(OBSERVED)) {
                return queue.observed.put(RecordForms.type(form), RecordForms.history(form));
              }
              if (read.kind.equals(ACQUIRED)) {
                return queue.acquired.put(form.text(), new Granted(form.instant()));
              }
              RememberedIds ids = form.flag() ? queue.corrected : queue.remembered;
              return ids.add(form.text(), form.instant());
            }));
  }

  private void readHead(Read read) {
    boolean unused = FormReader.read(read.text, QUEUE, VERSION, this::readHead);
  }

  private boolean readHead(FormReader form) {
    last = form.number();
    forgotten = form.number();
    queue.keyed.setTurns(form.number());
    record Turn(Priority priority, long turn) {}
    for (Turn turn : form.list(() -> new Turn(RecordForms.priority(form), form.number()))) {
      queue.pending.turns().put(turn.priority, turn.turn);
    }
    queue.counts.read(form);
    queue.corrections.read(form);
    return true;
  }
}
