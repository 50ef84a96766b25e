package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.internal.queue.Refusals;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Acquires permits for starts without an event. Thread-safe. */
public final class Acquirer {

  private static final String IF_LOST =
      "permits may have been spent: the same requests, sent again within 5 s, get them";

  private final Session session;
  private final Runnable declaration;

  /**
   * @param declaration declares the named limits that this process knows, in case Redis has lost
   *     them
   */
  public Acquirer(Session session, Runnable declaration) {
    this.session = session;
    this.declaration = declaration;
  }

  /** Requests permits for each request, in order. */
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    List<Object> arguments = new ArrayList<>();
    for (AcquireRequest request : requests) {
      arguments.add(request.id());
      arguments.add(request.charges().permits());
      arguments.add(WireLimits.charges(request.charges().named()));
    }
    LimitedReply reply = ask(arguments);
    String outcome = reply.rest().text();
    if (outcome.equals("undeclared")) {
      declaration.run();
      reply = ask(arguments);
      outcome = reply.rest().text();
    }
    if (!outcome.equals("decided")) {
      String limit = WireLimits.decoded(reply.rest().text());
      throw outcome.equals("undeclared") ? Refusals.unknown(limit) : Refusals.withoutWindow(limit);
    }
    List<AcquireResult> results = new ArrayList<>();
    for (AcquireRequest request : requests) {
      results.add(result(request.charges(), reply));
    }
    return results;
  }

  private LimitedReply ask(List<Object> arguments) {
    return session.limited(Script.ACQUIRE, IF_LOST, arguments.toArray());
  }

  private AcquireResult result(Charges charges, LimitedReply reply) {
    Reply rest = reply.rest();
    String outcome = rest.text();
    return switch (outcome) {
      case "granted" -> new AcquireResult.Granted(Micros.toInstant(rest.number()));
      case "at" -> new AcquireResult.NotBefore(session.here(rest.number(), reply.now()));
      case "paused" -> new AcquireResult.Paused(session.here(rest.optionalNumber(), reply.now()));
      case "never" -> never(charges, rest.text());
      default -> throw new AssertionError("the script answers " + outcome);
    };
  }

  private static AcquireResult never(Charges charges, String mostAndKey) {
    String[] words = mostAndKey.split(" ", 2);
    int most = Integer.parseInt(words[0]);
    for (Charge charge : charges.named()) {
      if (WireLimits.key(charge.key()).equals(words[1])) {
        return new AcquireResult.Never(charge.cost(), most, Optional.of(charge.key()));
      }
    }
    return new AcquireResult.Never(charges.permits(), most);
  }
}
