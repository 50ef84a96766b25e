package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Corrects the costs of starts. Thread-safe. */
public final class Corrector {

  private static final String IF_LOST =
      "the costs may have been corrected; repeating the same correction has no further effect";
  private static final String OWN = "";

  private final Session session;
  private final ChangeListeners listeners;

  public Corrector(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  /** Corrects the cost of the attempt of a lease. */
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    return correct("lease", lease.token(), lease.event().id(), words(costs));
  }

  /** Corrects the cost of a start without an event. */
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    return correct(
        "start", request.id(), Micros.floor(granted.start()), cost - request.charges().permits());
  }

  /**
   * Encodes costs in a fixed order, because one correction may bring another closer to its limit.
   */
  private static String words(Costs costs) {
    List<String> words = new ArrayList<>();
    costs.permits().ifPresent(cost -> words.add(OWN + ':' + cost));
    new TreeMap<>(costs.named())
        .forEach((name, cost) -> words.add(WireLimits.encoded(name) + ':' + cost));
    costs.usages().stream()
        .sorted(Comparator.comparing(Costs.Usage::period).thenComparing(Costs.Usage::limit))
        .forEach(
            usage ->
                words.add(
                    WireLimits.encoded(usage.limit())
                        + ':'
                        + Micros.ceiling(usage.period())
                        + ':'
                        + usage.used()));
    return String.join(" ", words);
  }

  private CorrectionReceipt correct(Object... correction) {
    List<Object> arguments = new ArrayList<>(List.of(session.channel(), session.client()));
    arguments.addAll(List.of(correction));
    CorrectionReceipt receipt =
        receipt(session.limited(Script.CORRECT, IF_LOST, arguments.toArray()).rest());
    if (receipt.returned() > 0) {
      listeners.tell();
    }
    return receipt;
  }

  private static CorrectionReceipt receipt(Reply reply) {
    Settlement settlement = reply.number() == 0 ? Settlement.STALE_LEASE : Settlement.SETTLED;
    long debited = reply.number();
    long returned = reply.number();
    int dropped = (int) reply.number();
    List<CorrectionReceipt.Overrun> overruns = new ArrayList<>();
    for (long count = reply.number(); count > 0; count--) {
      Optional<LimitKey> key =
          Optional.of(reply.text()).filter(text -> !text.isEmpty()).map(WireLimits::parseKey);
      overruns.add(
          new CorrectionReceipt.Overrun(
              key, new Corrected.Overrun(WireLimits.window(reply.text()), reply.number())));
    }
    return new CorrectionReceipt(settlement, debited, returned, dropped, overruns);
  }
}
