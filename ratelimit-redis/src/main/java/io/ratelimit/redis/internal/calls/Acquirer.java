package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import java.util.ArrayList;
import java.util.List;

/** Spends permits on starts that no event is taken for. Thread-safe. */
public final class Acquirer {

  private static final String IF_LOST =
      "permits may have been spent: the same requests, sent again within 5 s, get them";

  private final Session session;

  public Acquirer(Session session) {
    this.session = session;
  }

  /** Asks for permits for each request, in their order. */
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    List<Object> arguments = new ArrayList<>();
    for (AcquireRequest request : requests) {
      arguments.add(request.id());
      arguments.add(request.permits());
    }
    LimitedReply reply = session.limited(Script.ACQUIRE, IF_LOST, arguments.toArray());
    List<AcquireResult> results = new ArrayList<>();
    for (AcquireRequest request : requests) {
      results.add(result(request, reply));
    }
    return results;
  }

  private AcquireResult result(AcquireRequest request, LimitedReply reply) {
    Reply rest = reply.rest();
    String outcome = rest.text();
    return switch (outcome) {
      case "granted" -> new AcquireResult.Granted(Micros.toInstant(rest.number()));
      case "at" -> new AcquireResult.NotBefore(session.here(rest.number(), reply.now()));
      case "paused" -> new AcquireResult.Paused(session.here(rest.optionalNumber(), reply.now()));
      case "never" -> new AcquireResult.Never(request.permits(), (int) rest.number());
      default -> throw new AssertionError("the script answers " + outcome);
    };
  }
}
