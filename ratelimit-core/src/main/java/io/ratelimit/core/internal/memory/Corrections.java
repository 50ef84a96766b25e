package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts corrections. Guarded by the queue's lock. */
final class Corrections {

  private long debited;
  private long returned;
  private long overruns;
  private @Nullable Instant latestOverrun;

  QueueStats.Corrections stats() {
    return new QueueStats.Corrections(
        debited, returned, overruns, Optional.ofNullable(latestOverrun));
  }

  void write(FormWriter form) {
    form.number(debited)
        .number(returned)
        .number(overruns)
        .optional(Optional.ofNullable(latestOverrun), form::instant);
  }

  void read(FormReader form) {
    debited = form.number();
    returned = form.number();
    overruns = form.number();
    latestOverrun = form.optional(form::instant).orElse(null);
  }

  /** The corrections of one call, for its receipt. */
  final class Tally {
    private final Instant now;
    private final List<CorrectionReceipt.Overrun> exceeded = new ArrayList<>();
    private long more;
    private long less;
    private int dropped;

    Tally(Instant now) {
      this.now = now;
    }

    void drop() {
      dropped++;
    }

    void count(Optional<LimitKey> key, Corrected<?> corrected) {
      more += Math.max(0, corrected.change());
      less += Math.max(0, -corrected.change());
      for (Corrected.Overrun overrun : corrected.overruns()) {
        exceeded.add(new CorrectionReceipt.Overrun(key, overrun));
      }
    }

    CorrectionReceipt receipt() {
      debited += more;
      returned += less;
      overruns += exceeded.size();
      latestOverrun = exceeded.isEmpty() ? latestOverrun : now;
      return new CorrectionReceipt(Settlement.SETTLED, more, less, dropped, exceeded);
    }
  }
}
