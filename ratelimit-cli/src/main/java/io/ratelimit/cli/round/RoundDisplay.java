package io.ratelimit.cli.round;

import io.ratelimit.cli.shell.Background;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Shows a round while it runs: each new decision, and the progress, on a line that is overwritten
 * or, if that is impossible, on an occasional new line.
 */
public final class RoundDisplay implements EngineListener, AutoCloseable {

  /** The interval of the overwritten line, in real time. */
  private static final Duration REDRAW = Duration.ofMillis(100);

  /** The number of progress lines until the deadline, if they are not overwritten. */
  private static final int LINES = 12;

  private final Console console;
  private final Terminal terminal;
  private final boolean live;
  private final EventQueue queue;
  private final Duration lineInterval;
  private final Runnable whenUnread;
  private final Background thread = new Background("display", this::showUntilClosed);
  private volatile Optional<ScalingDecision> decision = Optional.empty();
  private volatile Instant startedAt;
  private final long doneBefore;
  private final long failedBefore;

  /**
   * Prepares the display of a queue.
   *
   * @param live whether the console can overwrite a line
   * @param before the queue's contents before the round
   * @param whenUnread called when nobody reads the output any more
   */
  public RoundDisplay(
      Console console,
      boolean live,
      Terminal terminal,
      EventQueue queue,
      QueueStats before,
      Duration deadline,
      Runnable whenUnread) {
    this.console = console;
    this.live = live;
    this.terminal = terminal;
    this.queue = queue;
    this.lineInterval = deadline.dividedBy(LINES);
    this.whenUnread = whenUnread;
    this.startedAt = before.observedAt();
    this.doneBefore = before.done();
    this.failedBefore = before.failed();
  }

  /** Starts the display; the round begins now. */
  void start() {
    start(queue.stats().observedAt());
  }

  private void start(Instant at) {
    startedAt = at;
    thread.start();
  }

  @Override
  public void decided(ScalingDecision decided, QueueStats stats) {
    decided(decided);
  }

  /** Shows a decision if it is new. The first one begins the round. */
  public void decided(ScalingDecision decided) {
    if (decision.isEmpty() && !thread.isStarted()) {
      start(decided.at());
    }
    boolean news = decision.isEmpty() || !decision.get().asksTheSameAs(decided);
    decision = Optional.of(decided);
    if (news) {
      String at = String.format("%8s  ", StatusLine.seconds(elapsed(decided.at())));
      Texts.hanging(at + decided.explanation(), at.length(), terminal.lineLength(live))
          .forEach(line -> console.line(terminal.styled(style(decided), line)));
    }
  }

  private static Style style(ScalingDecision decision) {
    return decision.reason() == Reason.DEADLINE_OUT_OF_REACH
        ? Style.RED
        : decision.mode() == Mode.EMERGENCY ? Style.YELLOW : Style.BOLD;
  }

  private Duration elapsed(Instant now) {
    return Duration.between(startedAt, now);
  }

  private void showUntilClosed() throws InterruptedException {
    Instant nextLine = startedAt.plus(lineInterval);
    Time clock = Time.system();
    Instant readAt = clock.now();
    Optional<StatusLine> last = Optional.empty();
    while (!thread.isClosed()) {
      if (live) {
        Optional<StatusLine> read = statusLine();
        Instant now = clock.now();
        if (read.isPresent()) {
          last = read;
          readAt = now;
          console.status(read.get().live(terminal));
        } else if (last.isPresent()) {
          console.status(last.get().stale(Duration.between(readAt, now), terminal));
        }
        clock.sleep(REDRAW);
      } else {
        queue.time().sleepUntil(nextLine);
        nextLine = nextLine.plus(lineInterval);
        statusLine().ifPresent(line -> console.line(line.plain()));
      }
      if (console.isClosed()) {
        whenUnread.run();
        return;
      }
    }
  }

  /**
   * Returns empty while the queue is unreachable: others report that, and the next line follows
   * when it is back.
   */
  private Optional<StatusLine> statusLine() {
    try {
      QueueStats stats = queue.stats();
      return Optional.of(
          StatusLine.of(
                  stats,
                  elapsed(stats.observedAt()),
                  decision.map(ScalingDecision::workers).orElse(0))
              .without(doneBefore, failedBefore));
    } catch (QueueException away) {
      return Optional.empty();
    }
  }

  /** Ends the display, and removes the overwritten line. */
  @Override
  public void close() {
    thread.close();
    console.status("");
  }
}
