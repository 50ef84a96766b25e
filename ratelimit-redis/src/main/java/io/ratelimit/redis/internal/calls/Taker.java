package io.ratelimit.redis.internal.calls;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.store.Store;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Takes events as the limit allows; concurrent requests share a call. Thread-safe. */
public final class Taker {

  private static final String UNREADABLE = "the record cannot be read";
  private static final int VALUES_OF_A_LEASE = 7;

  /**
   * A client whose type names are longer in total does not register, and hears only what all
   * clients hear.
   */
  private static final int LONGEST_NAMES = 1_000;

  private final Session session;
  private final long agingMicros;
  private final long failedAgeMicros;
  private final Supplier<Optional<String>> waiter;
  private final Polls polls;
  // The types for which the store lists this client as waiting.
  private final Set<String> waitsFor = ConcurrentHashMap.newKeySet();
  private final Coalescer<TakeRequest, Answer> taking;

  /** The answer of a call to one of its requests. */
  public record Answer(long now, String outcome, int leases, Reply rest) {}

  /**
   * @param agingMicros how long an event waits before it rises by one priority; 0 if it never rises
   * @param failedAgeMicros the age at which failed events are discarded; 0 if never
   * @param waiter the client to wake when a take that found nothing may find something; empty if
   *     none
   */
  public Taker(
      Session session, long agingMicros, long failedAgeMicros, Supplier<Optional<String>> waiter) {
    this.waiter = waiter;
    this.session = session;
    this.agingMicros = agingMicros;
    this.failedAgeMicros = failedAgeMicros;
    this.polls = new Polls(session.client());
    this.taking =
        new Coalescer<>(
            this::ask,
            (one, other) -> one.types().equals(other.types()),
            TakeRequest::maxEvents,
            TakeRequest.MAX_EVENTS,
            session.store().timeout(),
            Time.system());
  }

  /** Returns how long to wait before the next poll if no wake-up arrives. */
  public Duration pollInterval() {
    return polls.next();
  }

  public TakeResult take(TakeRequest request) {
    return await(send(request), request);
  }

  /** Sends a request without waiting. */
  public Store.Call<Answer> send(TakeRequest request) {
    requireNonNull(request, "request");
    session.store().requireOpen();
    String ifLost =
        "events may have been taken: the same request returns them again; without it,"
            + " their leases expire within "
            + request.lease();
    return new Store.Call<>(Script.TAKE, taking.ask(request), ifLost);
  }

  /** Waits for the result of a request that was sent. */
  public TakeResult await(Store.Call<Answer> sent, TakeRequest request) {
    Optional<TakeResult> result = result(session.store().await(sent));
    while (result.isEmpty()) {
      result = result(session.store().await(send(request)));
    }
    return result.get();
  }

  /**
   * Returns the result, or empty if the request must be sent again: because the script only moved
   * events that could not start, or set aside unwanted types, up to its bound; because the call had
   * no room left; or because the request was in it twice.
   */
  public Optional<TakeResult> result(Answer answer) {
    Reply reply = answer.rest();
    if (!answer.outcome().equals("taken")) {
      return nothing(answer.outcome(), reply, answer.now());
    }
    List<Lease> leases = new ArrayList<>();
    for (int left = answer.leases(); left > 0; left--) {
      WireEvents.Held held = WireEvents.held(reply);
      if (held.isReadable) {
        leases.add(held.lease);
      } else {
        giveUp(held);
      }
    }
    Optional<TakeResult> rest = nothing(reply.text(), reply, answer.now());
    return leases.isEmpty() ? Optional.empty() : Optional.of(new TakeResult.Taken(leases, rest));
  }

  private Optional<TakeResult> nothing(String outcome, Reply reply, long now) {
    return switch (outcome) {
      case "at" -> Optional.of(new TakeResult.NotBefore(session.here(reply.number(), now)));
      case "empty" -> Optional.of(new TakeResult.Empty(session.here(reply.optionalNumber(), now)));
      case "paused" ->
          Optional.of(new TakeResult.Paused(session.here(reply.optionalNumber(), now)));
      default -> Optional.empty();
    };
  }

  /** Fails an event that the script could read but this version cannot. */
  private void giveUp(WireEvents.Held held) {
    Object unusedReply =
        session
            .store()
            .run(
                Script.FAIL,
                "an unreadable event is in the failed queue, or stays leased until its"
                    + " lease expires",
                session.clock(),
                held.token,
                held.id,
                failedAgeMicros,
                session.channel(),
                session.client(),
                UNREADABLE,
                UNREADABLE);
  }

  /** Sends several requests for the same types in one call, and returns the answers in order. */
  public CompletableFuture<List<Answer>> ask(List<TakeRequest> requests) {
    List<Object> arguments = new ArrayList<>();
    String names = String.join(" ", requests.get(0).types().names().orElse(Set.of()));
    arguments.add(names);
    arguments.add(agingMicros);
    arguments.add(failedAgeMicros);
    boolean waited = waitsFor.remove(names);
    arguments.add(
        waiter
            .get()
            .filter(client -> names.length() <= LONGEST_NAMES)
            .map(client -> (waited ? '-' : '+') + client)
            .orElse(""));
    for (TakeRequest request : requests) {
      arguments.add(request.id());
      arguments.add(request.worker());
      arguments.add(request.maxEvents());
      arguments.add(Micros.ceiling(request.lease()));
    }
    return session.askLimited(Script.TAKE, reply -> answers(reply, names), arguments.toArray());
  }

  private List<Answer> answers(LimitedReply reply, String names) {
    List<Answer> answers = new ArrayList<>();
    Reply rest = reply.rest();
    polls.seen(rest.number());
    while (rest.hasNext()) {
      String outcome = rest.text();
      int leases = outcome.equals("taken") ? (int) rest.number() : 0;
      if (outcome.equals("empty")) {
        waitsFor.add(names);
      }
      int values = leases == 0 ? 1 : leases * VALUES_OF_A_LEASE + 2;
      answers.add(new Answer(reply.now(), outcome, leases, rest.next(values)));
    }
    return answers;
  }
}
