package io.ratelimit.cli.watch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.ratelimit.cli.shell.Terminal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a queue and its manager at one moment, its age, and the judgment. The names
 * in JSON are stable.
 *
 * @param condition the judgment
 * @param verdict the judgment in words
 * @param readAt when the queue was last read, by this machine's clock
 * @param age the time since then, or how long the queue could not be read
 * @param view what was last read; null if the queue was never read
 */
public record Picture(
    @JsonProperty Condition condition,
    @JsonProperty Verdict verdict,
    @JsonProperty Optional<Instant> readAt,
    @JsonProperty Duration age,
    @JsonUnwrapped @Nullable MonitorView view) {

  static Picture of(Freshness freshness, Optional<MonitorView> view, ManagerSeen manager) {
    Condition condition =
        Judgment.of(freshness, view.map(MonitorView::queue).map(QueueFacts::of), manager);
    return new Picture(
        condition,
        condition.verdict(),
        freshness.readAt(),
        freshness.age(),
        view.map(seen -> seen.with(manager)).orElse(null));
  }

  /** Returns whether this picture is current. */
  public boolean isLive() {
    return switch (condition.state()) {
      case UNREAD, STALE, UNREACHABLE -> false;
      default -> true;
    };
  }

  /** Returns whether starts were paused when the queue was last read. */
  @JsonIgnore
  public boolean isPaused() {
    return view != null && view.queue().paused();
  }

  /** Returns the number of failed events at that time. */
  public long failed() {
    return view == null ? 0 : view.queue().failed();
  }

  /** Describes this picture for a person. */
  public List<String> lines(Terminal terminal) {
    List<String> lines = new ArrayList<>(verdictLines(terminal));
    if (view != null) {
      lines.add("");
      lines.addAll(detailLines(terminal));
    }
    return lines;
  }

  /** Describes the judgment, which comes first. */
  public List<String> verdictLines(Terminal terminal) {
    return ConditionText.lines(condition, terminal);
  }

  /** Describes everything else that is known. */
  public List<String> detailLines(Terminal terminal) {
    return view == null ? List.of() : view.lines(terminal);
  }
}
