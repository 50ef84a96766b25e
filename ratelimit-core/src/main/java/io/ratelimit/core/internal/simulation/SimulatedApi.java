package io.ratelimit.core.internal.simulation;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.Time;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A handler that simulates calls to an API: it takes the expected processing time of the event's
 * type, sometimes longer, and sometimes it fails. For demonstrations and tests. Thread-safe.
 */
public final class SimulatedApi implements AuditEventHandler {

  private final Time time;
  private final SimulatedFaults faults;
  private final ConcurrentMap<String, Integer> attempts = new ConcurrentHashMap<>();

  /** Creates a handler that waits by this time. */
  public SimulatedApi(Time time, SimulatedFaults faults) {
    this.time = requireNonNull(time, "time");
    this.faults = requireNonNull(faults, "faults");
  }

  @Override
  public void handle(AuditEvent event) throws IOException, InterruptedException {
    int attempt = attempts.merge(event.id(), 1, Integer::sum);
    SimulatedFaults.Fate fate = faults.fate(event, attempt);
    time.sleep(fate.processingTime());
    if (fate.fails()) {
      throw failure("simulated failure of attempt " + attempt);
    }
  }

  /** Returns a failure without a stack trace: it is intended, so nobody needs its origin. */
  private static IOException failure(String message) {
    return new IOException(message) {
      private static final long serialVersionUID = 1L;

      @Override
      public synchronized Throwable fillInStackTrace() {
        return this;
      }
    };
  }
}
