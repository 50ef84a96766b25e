package io.ratelimit.cli.worker;

import io.ratelimit.cli.round.StatusLine;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Prints a line for every finished attempt. */
final class AttemptLines implements EngineListener {

  private static final int WORD_WIDTH = 9;
  private static final int TYPE_WIDTH = 25;
  private static final int TIME_WIDTH = 9;
  private static final int LONGEST_REASON = 100;

  private final Console console;
  private final Terminal terminal;

  AttemptLines(Console console, Terminal terminal) {
    this.console = console;
    this.terminal = terminal;
  }

  @Override
  public void attemptFinished(
      Lease lease, int worker, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    Told told = settlement == Settlement.SETTLED ? told(outcome) : Told.TOO_LATE;
    String line =
        lease.takenAt().plus(processing).truncatedTo(ChronoUnit.SECONDS)
            + "  "
            + Texts.padded(told.word(), WORD_WIDTH)
            + Texts.padded(lease.event().type().name(), TYPE_WIDTH)
            + Texts.padded(StatusLine.seconds(processing), TIME_WIDTH)
            + Printable.cut(lease.event().id(), LONGEST_REASON)
            + (lease.attempt() > 1 ? ", attempt " + lease.attempt() : "")
            + (told.reason().isEmpty() ? "" : ": " + Printable.cut(told.reason(), LONGEST_REASON));
    console.line(terminal.styled(told.style(), line));
  }

  private static Told told(AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Retry retry) {
      return new Told("retry", Style.YELLOW, retry.reason());
    }
    if (outcome instanceof AttemptOutcome.Failed failed) {
      return new Told("failed", Style.RED, failed.reason());
    }
    if (outcome instanceof AttemptOutcome.Throttled throttled) {
      return new Told("paused", Style.YELLOW, throttled.reason());
    }
    return outcome instanceof AttemptOutcome.Released
        ? new Told("released", Style.YELLOW, "")
        : new Told("done", Style.GREEN, "");
  }

  private record Told(String word, Style style, String reason) {
    static final Told TOO_LATE = new Told("too late", Style.RED, "its lease was lost");
  }
}
