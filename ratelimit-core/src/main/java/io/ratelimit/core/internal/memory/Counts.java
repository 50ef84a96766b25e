package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;

/** The counters of a queue since its beginning. Guarded by its lock. */
final class Counts {
  long published;
  long done;
  long discarded;
  long starts;
  long startedPermits;
  long acquiredPermits;
  long retried;
  long givenUp;
  long replaced;
  long expired;
  long expiredLeases;

  void write(FormWriter form) {
    form.number(published)
        .number(done)
        .number(discarded)
        .number(starts)
        .number(startedPermits)
        .number(acquiredPermits)
        .number(retried)
        .number(givenUp)
        .number(replaced)
        .number(expired)
        .number(expiredLeases);
  }

  void read(FormReader form) {
    published = form.number();
    done = form.number();
    discarded = form.number();
    starts = form.number();
    startedPermits = form.number();
    acquiredPermits = form.number();
    retried = form.number();
    givenUp = form.number();
    replaced = form.number();
    expired = form.number();
    expiredLeases = form.number();
  }
}
