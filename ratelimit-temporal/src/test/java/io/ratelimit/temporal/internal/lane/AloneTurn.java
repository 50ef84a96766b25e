package io.ratelimit.temporal.internal.lane;

import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import java.time.Duration;

/** A lane's turn with a silent manager. */
public final class AloneTurn {

  private static final class Alone implements LaneLink {
    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public Told beat(LaneProgress progress) {
      return Told.NOTHING;
    }

    @Override
    public boolean isManagerRunning() {
      return true;
    }
  }

  /** Runs the turn in this thread. */
  public static LaneResult run(LaneRequest request, EventQueue queue, AttemptRunner runner) {
    return new LaneTurn(
            queue,
            runner,
            Duration.ofSeconds(15),
            WantedTypes.all(),
            "w",
            request,
            new Alone(),
            new LaneProgress.Slots("process", 1),
            () -> false)
        .run();
  }

  private AloneTurn() {}
}
