package io.ratelimit.redis.internal.calls;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.internal.queue.Reasons;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.store.Store;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Settles and extends leases. Thread-safe. */
public final class Settlements {

  private static final Long OTHERS_WAITED = 2L;
  private static final int LONGEST_REASON = 8_192;
  private static final int ACKNOWLEDGED_AT_ONCE = 500;
  private static final String IF_ACK_IS_LOST =
      "the event is done, or stays leased until its lease expires; if it is done,"
          + " acknowledging it again returns STALE_LEASE";

  private final Session session;
  private final Store store;
  private final ChangeListeners listeners;
  private final long failedAgeMicros;
  private final int retainDone;
  private final Coalescer<Lease, Settlement> acknowledging;

  /**
   * @param failedAgeMicros the age at which failed events are discarded; 0 if never
   * @param retainDone how many done events to keep
   */
  public Settlements(
      Session session, ChangeListeners listeners, long failedAgeMicros, int retainDone) {
    this.session = session;
    this.store = session.store();
    this.listeners = listeners;
    this.failedAgeMicros = failedAgeMicros;
    this.retainDone = retainDone;
    this.acknowledging =
        new Coalescer<>(
            leases -> store.ask(Script.ACK, this::settlements, arguments(leases)),
            (one, other) -> true,
            lease -> 1,
            ACKNOWLEDGED_AT_ONCE,
            store.timeout(),
            Time.system());
  }

  /** Acknowledges an event; concurrent acknowledgments share a call. */
  public Settlement ack(Lease lease) {
    return store.await(sendAcks(List.of(lease)).get(0));
  }

  /** Acknowledges several events without waiting. */
  public List<Store.Call<Settlement>> sendAcks(List<Lease> leases) {
    store.requireOpen();
    return acknowledging.askAll(leases).stream()
        .map(answer -> new Store.Call<>(Script.ACK, answer, IF_ACK_IS_LOST))
        .toList();
  }

  /**
   * Acknowledges several events and returns the settlements in the same order. Sends all batches
   * before it waits for the first reply.
   */
  public List<Settlement> ackAll(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    List<Store.Call<Object>> calls = new ArrayList<>();
    for (int from = 0; from < all.size(); from += ACKNOWLEDGED_AT_ONCE) {
      List<Lease> some = all.subList(from, Math.min(from + ACKNOWLEDGED_AT_ONCE, all.size()));
      calls.add(store.send(Script.ACK, IF_ACK_IS_LOST, arguments(some)));
    }
    List<Settlement> settlements = new ArrayList<>();
    for (Store.Call<Object> call : calls) {
      settlements.addAll(settlements(store.await(call)));
    }
    return settlements;
  }

  private Object[] arguments(List<Lease> leases) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(session.clock());
    arguments.add(retainDone);
    arguments.add(session.channel());
    arguments.add(session.client());
    for (Lease lease : leases) {
      arguments.add(lease.token());
      arguments.add(lease.event().id());
    }
    return arguments.toArray();
  }

  private List<Settlement> settlements(Object replies) {
    List<Settlement> settlements = new ArrayList<>();
    for (Object reply : (List<?>) replies) {
      settlements.add(settlement(reply));
    }
    return settlements;
  }

  public Settlement retry(Lease lease, Duration delay, String reason) {
    Requirements.notNegative("delay", delay);
    requireNonNull(reason, "reason");
    return tellIfSettled(
        settlement(
            store.run(
                Script.RETRY,
                "the event waits for its retry, or stays leased until its lease expires",
                session.clock(),
                lease.token(),
                lease.event().id(),
                Micros.ceiling(delay),
                session.channel(),
                session.client(),
                Reasons.brief(reason))));
  }

  public Settlement fail(Lease lease, String reason) {
    String stored =
        reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason;
    return settlement(
        store.run(
            Script.FAIL,
            "the event is in the failed queue, or stays leased until its lease expires",
            session.clock(),
            lease.token(),
            lease.event().id(),
            failedAgeMicros,
            session.channel(),
            session.client(),
            stored,
            Reasons.brief(reason)));
  }

  public Settlement release(Lease lease) {
    return tellIfSettled(
        settlement(
            store.run(
                Script.RELEASE,
                "the event is pending again, or stays leased until its lease expires",
                lease.token(),
                lease.event().id(),
                session.channel(),
                session.client())));
  }

  private Settlement tellIfSettled(Settlement settlement) {
    if (settlement == Settlement.SETTLED) {
      listeners.tell();
    }
    return settlement;
  }

  public Settlement extend(Lease lease, Duration duration) {
    Requirements.positive("duration", duration);
    return settlement(
        store.run(
            Script.EXTEND,
            "the lease is extended, or expires when it would have before",
            session.clock(),
            lease.token(),
            lease.event().id(),
            Micros.ceiling(duration),
            session.channel(),
            session.client()));
  }

  private Settlement settlement(Object reply) {
    if (reply.equals(OTHERS_WAITED)) {
      listeners.tell();
    }
    return reply.equals(0L) ? Settlement.STALE_LEASE : Settlement.SETTLED;
  }
}
