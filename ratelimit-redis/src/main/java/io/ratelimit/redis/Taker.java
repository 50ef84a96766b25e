package io.ratelimit.redis;

import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.Session.LimitedReply;
import java.util.ArrayList;
import java.util.List;

/** Takes events as the limit allows. Thread-safe. */
final class Taker {

  private final Session session;
  private final long agingMicros;
  private final long failedAgeMicros;

  /**
   * @param agingMicros how long an event waits for the next higher priority; 0: it never rises
   * @param failedAgeMicros when failed events are discarded; 0: never
   */
  Taker(Session session, long agingMicros, long failedAgeMicros) {
    this.session = session;
    this.agingMicros = agingMicros;
    this.failedAgeMicros = failedAgeMicros;
  }

  TakeResult take(TakeRequest request) {
    String ifLost =
        "events may have been taken: the same request returns them again, and without it their"
            + " leases end within "
            + request.lease();
    while (true) {
      LimitedReply reply =
          session.limited(
              Script.TAKE,
              ifLost,
              request.id(),
              request.worker(),
              request.maxEvents(),
              Micros.ceiling(request.lease()),
              agingMicros,
              failedAgeMicros);
      Reply rest = reply.rest();
      switch (rest.text()) {
        case "taken" -> {
          List<Lease> leases = new ArrayList<>();
          while (rest.hasNext()) {
            leases.add(WireEvents.lease(rest));
          }
          return new TakeResult.Taken(leases);
        }
        case "at" -> {
          return new TakeResult.NotBefore(session.here(rest.number(), reply.now()));
        }
        case "empty" -> {
          return new TakeResult.Empty(session.here(rest.optionalNumber(), reply.now()));
        }
        case "paused" -> {
          return new TakeResult.Paused(session.here(rest.optionalNumber(), reply.now()));
        }
        default -> {
          // Too heavy events were moved away, a bounded number of them: look again.
        }
      }
    }
  }
}
