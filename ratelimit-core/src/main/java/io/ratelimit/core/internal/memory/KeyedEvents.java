package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.memory.KeyedLimits.Counted;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.scaling.LimitLoad;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The pending events that named limits charge: a {@link Flow} for each priority and combination of
 * keys. Flows that may start take turns. A flow with a closed key stands aside in a {@link Line} of
 * that key, and costs nothing until the line opens for it. Guarded by the queue's lock.
 *
 * <p>Every operation is O(log n) for each flow that it moves, and for each key of an event.
 */
final class KeyedEvents {

  /** Flows in the order of their turns. */
  private static final class Ring {
    private final NavigableMap<Long, Flow> all = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Flow>> byType = new HashMap<>();

    void add(Flow flow) {
      all.put(flow.ticket, flow);
      byType.computeIfAbsent(flow.type, absent -> new TreeMap<>()).put(flow.ticket, flow);
    }

    void remove(Flow flow) {
      all.remove(flow.ticket);
      NavigableMap<Long, Flow> ofType = requireNonNull(byType.get(flow.type));
      ofType.remove(flow.ticket);
      if (ofType.isEmpty()) {
        byType.remove(flow.type);
      }
    }

    @Nullable Flow first(WantedTypes wanted) {
      if (all.isEmpty()) {
        return null;
      }
      if (wanted.isAll()) {
        return all.firstEntry().getValue();
      }
      Flow first = null;
      for (Map.Entry<String, NavigableMap<Long, Flow>> ofType : byType.entrySet()) {
        Flow candidate =
            wanted.includes(ofType.getKey()) ? ofType.getValue().firstEntry().getValue() : null;
        if (candidate != null && (first == null || candidate.ticket < first.ticket)) {
          first = candidate;
        }
      }
      return first;
    }
  }

  private final KeyedLimits limits;
  private final Changes changes;
  private final Loads loads = new Loads();
  private final Map<Flow.Id, Flow> flows = new HashMap<>();
  private final Map<Priority, NavigableMap<Long, Entry>> bySequence = new EnumMap<>(Priority.class);
  private final Map<Priority, Ring> rings = new EnumMap<>(Priority.class);
  private final Map<String, TreeSet<Line>> closed = new TreeMap<>();
  private long turns;
  private long lines;

  KeyedEvents(KeyedLimits limits) {
    this.limits = limits;
    this.changes = limits.changes();
    for (Priority priority : Priority.values()) {
      bySequence.put(priority, new TreeMap<>());
      rings.put(priority, new Ring());
    }
  }

  boolean isEmpty() {
    return flows.isEmpty();
  }

  /** Draws the next ticket. */
  long nextTurn() {
    turns++;
    return turns;
  }

  Changes changes() {
    return changes;
  }

  long turns() {
    return turns;
  }

  void setTurns(long drawn) {
    turns = drawn;
  }

  boolean has(Flow flow) {
    return flows.get(flow.id) == flow;
  }

  /** Changes the turn of the flow of some keys, if there is one. */
  @Nullable Flow setTicket(Flow.Id id, long ticket) {
    Flow flow = flows.get(id);
    if (flow != null && flow.ticket != ticket) {
      detach(flow);
      flow.ticket = ticket;
      list(flow);
    }
    return flow;
  }

  private static Flow.Id idOf(Entry entry) {
    List<LimitKey> keys = new ArrayList<>(entry.charges.size());
    entry.charges.forEach(charge -> keys.add(charge.key()));
    return new Flow.Id(entry.event.type().priority(), keys);
  }

  void add(Entry entry) {
    loads.add(entry.charges);
    of(entry.event.type().priority()).put(entry.sequence, entry);
    Flow flow = flows.get(idOf(entry));
    if (flow == null) {
      flow = new Flow(idOf(entry));
      flow.ticket = nextTurn();
      flow.events.add(entry);
      flows.put(flow.id, flow);
      changes.note(flow);
      list(flow);
      return;
    }
    flow.events.add(entry);
    if (flow.events.first() == entry) {
      // It may cost less than the previous first one, or have another type.
      detach(flow);
      list(flow);
    }
  }

  private void list(Flow flow) {
    flow.type = flow.head().event.type().name();
    ring(flow).add(flow);
  }

  /** Removes a flow from its place. */
  private void detach(Flow flow) {
    Line line = flow.line;
    if (line == null) {
      ring(flow).remove(flow);
      dismiss(flow);
    } else {
      line.flows.remove(flow);
      flow.line = null;
      openSoon(line);
    }
  }

  /** Ends a flow's release by a line, so that the next one is examined. */
  private void dismiss(Flow flow) {
    Line line = flow.wokenFrom;
    if (line != null) {
      flow.wokenFrom = null;
      line.woken = null;
      openSoon(line);
    }
  }

  /** Marks the first flow of a line for examination; removes a line without flows. */
  private void openSoon(Line line) {
    if (line.woken == null) {
      closeUntil(line, Instant.MIN);
    }
  }

  private void closeUntil(Line line, Instant opensAt) {
    TreeSet<Line> ofType =
        closed.computeIfAbsent(line.id.type(), absent -> new TreeSet<>(Line.BY_OPENING));
    if (line.isClosed) {
      ofType.remove(line);
    }
    line.isClosed = !line.flows.isEmpty();
    if (line.isClosed) {
      line.opensAt = opensAt;
      ofType.add(line);
    } else {
      line.key.lines.remove(line.id);
    }
    if (ofType.isEmpty()) {
      closed.remove(line.id.type());
    }
  }

  /** Releases the first flow of each line that opens now. */
  void wake(Instant at) {
    for (TreeSet<Line> ofType : List.copyOf(closed.values())) {
      while (!ofType.isEmpty() && !ofType.first().opensAt.isAfter(at)) {
        Line line = ofType.first();
        Flow flow = requireNonNull(line.flows.pollFirst());
        line.woken = flow;
        flow.wokenFrom = line;
        flow.line = null;
        ofType.remove(line);
        line.isClosed = false;
        list(flow);
      }
      if (ofType.isEmpty()) {
        closed.values().remove(ofType);
      }
    }
  }

  /** Returns the next flow of a priority; its keys may turn out to be closed. */
  @Nullable Flow first(Priority priority, WantedTypes wanted) {
    return ring(priority).first(wanted);
  }

  /**
   * Returns whether all keys of an event's flow are open, and no earlier flow waits for one. If
   * not, the flow stands aside at the key that opens last.
   */
  boolean admits(Entry entry, Instant at) {
    Flow flow = requireNonNull(flows.get(idOf(entry)));
    LimitKey last = null;
    Instant latest = at;
    for (Charge charge : entry.charges) {
      Instant opening = limits.opening(charge, at);
      Counted counted = limits.find(charge.key());
      if (counted != null) {
        for (Line line : counted.lines.values()) {
          if (line.id.events() == this
              && line.isClosed
              && line.opensAt.isAfter(opening)
              && line.flows.first().precedes(flow)) {
            opening = line.opensAt;
          }
        }
      }
      if (opening.isAfter(latest)) {
        last = charge.key();
        latest = opening;
      }
    }
    if (last == null) {
      return true;
    }
    standAside(flow, limits.counted(last, at), limits.lookAt(last, at, latest));
    return false;
  }

  private void standAside(Flow flow, Counted key, Instant opening) {
    ring(flow).remove(flow);
    dismiss(flow);
    Line.Id id = new Line.Id(this, flow.type);
    Line line = key.lines.get(id);
    if (line == null) {
      lines++;
      line = new Line(key, id, lines);
      key.lines.put(id, line);
    }
    Flow woken = line.woken;
    if (woken != null) {
      // The one whose turn is earlier goes first.
      ring(woken).remove(woken);
      woken.wokenFrom = null;
      woken.line = line;
      line.woken = null;
      line.flows.add(woken);
    }
    flow.line = line;
    line.flows.add(flow);
    if (line.flows.first() == flow) {
      closeUntil(line, opening);
    } else if (!line.isClosed) {
      openSoon(line);
    }
  }

  /** Removes the first event of a flow. */
  void remove(Entry entry) {
    loads.remove(entry.charges);
    of(entry.event.type().priority()).remove(entry.sequence);
    Flow flow = requireNonNull(flows.get(idOf(entry)));
    ring(flow).remove(flow);
    flow.events.removeFirst();
    dismiss(flow);
    changes.note(flow);
    if (flow.events.size() == 0) {
      flows.remove(flow.id);
    } else {
      flow.ticket = nextTurn();
      list(flow);
    }
  }

  /** Removes an event; if it was the first of its flow, the next one is first. */
  void withdraw(Entry entry) {
    loads.remove(entry.charges);
    of(entry.event.type().priority()).remove(entry.sequence);
    Flow flow = requireNonNull(flows.get(idOf(entry)));
    if (flow.head() != entry) {
      flow.events.remove(entry);
      return;
    }
    detach(flow);
    flow.events.removeFirst();
    if (flow.events.size() == 0) {
      changes.note(flow);
      flows.remove(flow.id);
    } else {
      list(flow);
    }
  }

  /** Notes that keys may have opened, so the first flows of their lines must be examined. */
  void lookAgain(Collection<Counted> keys) {
    for (Counted key : keys) {
      for (Line line : List.copyOf(key.lines.values())) {
        line.id.events().openSoon(line);
        if (line.id.events() != this) {
          limits.noteOthers();
        }
      }
    }
  }

  /** Returns when the next line with wanted flows opens, if known. */
  Optional<Instant> nextOpening(WantedTypes wanted) {
    Instant next = Instant.MAX;
    for (Map.Entry<String, TreeSet<Line>> ofType : closed.entrySet()) {
      Instant opening = ofType.getValue().first().opensAt;
      if (wanted.includes(ofType.getKey()) && opening.isBefore(next)) {
        next = opening;
      }
    }
    return Optional.of(next).filter(time -> time.isBefore(Instant.MAX));
  }

  List<Entry> after(Priority priority, long sequence, int max) {
    return of(priority).tailMap(sequence, false).values().stream().limit(max).toList();
  }

  int size(Priority priority) {
    return of(priority).size();
  }

  /** Returns when the oldest event was published. */
  Optional<Instant> oldest() {
    return bySequence.values().stream()
        .filter(events -> !events.isEmpty())
        .map(events -> events.firstEntry().getValue().publishedAt)
        .min(Instant::compareTo);
  }

  /** Removes and returns all. */
  List<Entry> drain() {
    List<Entry> drained = new ArrayList<>();
    for (Flow flow : flows.values()) {
      drained.addAll(flow.events.drain());
      changes.note(flow);
      Line line = flow.line == null ? flow.wokenFrom : flow.line;
      if (line != null) {
        line.key.lines.remove(line.id);
      }
    }
    loads.clear();
    flows.clear();
    closed.clear();
    for (Priority priority : Priority.values()) {
      of(priority).clear();
      rings.put(priority, new Ring());
    }
    return drained;
  }

  /**
   * Returns the load of the events on each limit.
   *
   * @param all whether to include limits that charge none of them
   */
  List<LimitLoad> loads(boolean all, Instant now) {
    return flows.isEmpty() && !all ? List.of() : limits.loads(loads, all, now);
  }

  private NavigableMap<Long, Entry> of(Priority priority) {
    return requireNonNull(bySequence.get(priority));
  }

  private Ring ring(Priority priority) {
    return requireNonNull(rings.get(priority));
  }

  private Ring ring(Flow flow) {
    return ring(flow.id.priority());
  }
}
