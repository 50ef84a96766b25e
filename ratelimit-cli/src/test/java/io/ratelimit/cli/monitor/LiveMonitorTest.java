package io.ratelimit.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.shell.Key;
import io.ratelimit.cli.shell.Screen;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The live screen and its keys, on a fake screen. */
class LiveMonitorTest {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(50).perMinute().withBurst(50)).time(time).build();
  private final Watch watch =
      new Watch(
          new Monitor("audits", queue),
          ManagerSeen.None::new,
          Optional.empty(),
          Duration.ofSeconds(1),
          time);
  private final FakeScreen screen = new FakeScreen();

  private static CompletableFuture<String> none(ScreenState.Action action) {
    return CompletableFuture.failedFuture(new AssertionError(action.toString()));
  }

  /** Delivers keys one after another, and then quits. */
  private static final class FakeScreen implements Screen {
    private final Deque<Runnable> before = new ArrayDeque<>();
    private final Deque<Key> keys = new ArrayDeque<>();
    private int columns = 80;
    private int rows = 24;
    private List<String> shown = List.of();
    private final List<List<String>> all = new ArrayList<>();

    FakeScreen press(Key key) {
      return press(key, () -> {});
    }

    /** Adds a key press; the action runs before it. */
    FakeScreen press(Key key, Runnable action) {
      keys.add(key);
      before.add(action);
      return this;
    }

    FakeScreen type(String text) {
      text.codePoints().forEach(character -> press(Key.of(character)));
      return this;
    }

    @Override
    public int columns() {
      return columns;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public void show(List<AttributedString> lines) {
      assertThat(lines).hasSizeLessThanOrEqualTo(rows);
      assertThat(lines).allMatch(line -> line.columnLength() <= columns);
      shown = lines.stream().map(AttributedString::toString).toList();
      all.add(shown);
    }

    @Override
    public Optional<Key> key(Duration most) {
      if (keys.isEmpty()) {
        return Optional.of(Key.of('q'));
      }
      before.removeFirst().run();
      return Optional.of(keys.removeFirst());
    }

    String bottom() {
      return shown.get(shown.size() - 1).stripTrailing();
    }
  }

  private int run(Function<ScreenState.Action, CompletableFuture<String>> actions) {
    assertThat(watch.look().isLive()).isTrue();
    LiveMonitor monitor =
        new LiveMonitor(
            screen,
            new MonitorScreen(CommandRun.plainTerminal(), List.of("Dashboard   http://x/")),
            watch::picture,
            actions,
            time);
    return monitor.run(() -> false);
  }

  private void publish(int count) {
    for (int n = 0; n < count; n++) {
      queue.publish(AuditEvent.of("e" + n, EventType.of("TYPE_" + n), "w"));
    }
  }

  private Lease take() {
    TakeRequest request = TakeRequest.one("take-" + time.now(), "w", Duration.ofMinutes(1));
    time.advance(Duration.ofMillis(1));
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "120, 40", "60, 24", "80, 10", "20, 5", "1, 1"})
  void theVerdictIsOnTopAndTheKeysAreAtTheBottomWhateverTheSize(int columns, int rows) {
    publish(30);
    screen.columns = columns;
    screen.rows = rows;

    assertThat(run(LiveMonitorTest::none)).isZero();

    assertThat(screen.shown).hasSize(rows);
    if (rows > 3 && columns >= 60) {
      assertThat(screen.shown.get(0)).isEqualTo("Verdict     No manager is watched");
      assertThat(String.join("\n", screen.shown)).contains("Queue       audits");
      assertThat(screen.bottom()).startsWith("q quit  ? help");
    }
  }

  @Test
  void detailsScrollWithinTheirBounds() {
    publish(30);
    screen
        .press(Key.of(Key.Kind.DOWN), () -> assertThat(screen.bottom()).contains("1-20 of"))
        .press(Key.of(Key.Kind.UP), () -> assertThat(screen.bottom()).contains("2-21 of"))
        .press(Key.of(Key.Kind.UP), () -> assertThat(screen.bottom()).contains("1-20 of"))
        .press(Key.of(Key.Kind.PAGE_DOWN), () -> assertThat(screen.bottom()).contains("1-20 of"))
        .press(Key.of(Key.Kind.END))
        .press(
            Key.of(Key.Kind.HOME), () -> assertThat(screen.shown).contains("Dashboard   http://x/"))
        .press(Key.of(' '), () -> assertThat(screen.bottom()).contains("1-20 of"));

    assertThat(run(LiveMonitorTest::none)).isZero();
    assertThat(screen.shown.get(0)).startsWith("Verdict");
  }

  @Test
  void aScreenThatIsResizedIsDrawnAnew() {
    publish(30);
    screen
        .press(
            Key.of(Key.Kind.OTHER),
            () -> {
              screen.columns = 60;
              screen.rows = 12;
            })
        .press(Key.of(Key.Kind.OTHER), () -> assertThat(screen.shown).hasSize(12));

    assertThat(run(LiveMonitorTest::none)).isZero();
    assertThat(screen.all.get(0)).hasSize(24);
  }

  @Test
  void onlyLinesWithTheTextOfAFilterAreShown() {
    publish(30);
    screen
        .type("/type_7x")
        .press(
            Key.of(Key.Kind.BACKSPACE),
            () -> assertThat(screen.bottom()).startsWith("Filter: type_7x_"))
        .press(Key.of(Key.Kind.ENTER))
        .press(
            Key.of(Key.Kind.ESCAPE),
            () -> {
              assertThat(screen.shown).filteredOn(line -> line.contains("TYPE_")).hasSize(1);
              assertThat(screen.shown.get(0)).startsWith("Verdict");
              assertThat(screen.bottom()).endsWith("filter \"type_7\"");
            })
        .press(
            Key.of('/'), () -> assertThat(screen.shown).anyMatch(line -> line.contains("TYPE_1")))
        .type("nothing")
        .press(Key.of(Key.Kind.ENTER))
        .press(
            Key.of(Key.Kind.OTHER),
            () -> assertThat(screen.shown).contains("no line contains \"nothing\""));

    assertThat(run(LiveMonitorTest::none)).isZero();
  }

  @Test
  void helpIsShownUntilAnyKey() {
    screen
        .press(Key.of('?'))
        .press(
            Key.of('q'),
            () -> assertThat(screen.shown).anyMatch(line -> line.contains("pause all starts")))
        .press(Key.of(Key.Kind.OTHER), () -> assertThat(screen.bottom()).startsWith("q quit"));

    assertThat(run(LiveMonitorTest::none)).isZero();
  }

  @Test
  void whatChangesSomethingAsksFirst() {
    publish(1);
    assertThat(queue.fail(take(), "broken")).isEqualTo(Settlement.SETTLED);
    MonitorActions actions = new MonitorActions(queue);
    screen
        .press(Key.of('p'))
        .press(Key.of('n'), () -> assertThat(screen.bottom()).startsWith("[y/n] Pause all starts"))
        .press(Key.of('p'), () -> assertThat(queue.limitControl().settings().pause()).isEmpty())
        .press(Key.of('y'))
        .press(Key.of(Key.Kind.OTHER), () -> assertThat(screen.bottom()).startsWith("Paused:"))
        .press(Key.of('r'), () -> assertThat(watch.look().isPaused()).isTrue())
        .press(
            Key.of('y'),
            () -> assertThat(screen.bottom()).isEqualTo("[y/n] Bring 1 failed event back?"))
        .press(Key.of(Key.Kind.OTHER), () -> assertThat(queue.stats().failed()).isZero())
        .press(Key.of('p'), () -> assertThat(screen.bottom()).isEqualTo("1 event redriven"))
        .press(Key.of('y'), () -> assertThat(screen.bottom()).startsWith("[y/n] Let events start"))
        .press(
            Key.of(Key.Kind.OTHER),
            () -> assertThat(queue.limitControl().settings().pause()).isEmpty());

    int exitCode =
        run(
            action -> {
              String result = actions.start(action).join();
              return CompletableFuture.completedFuture(result);
            });
    assertThat(exitCode).isZero();
  }

  @Test
  void whatCannotBeDoneSaysSo() {
    queue.close();
    assertThat(new MonitorActions(queue).start(ScreenState.Action.PAUSE).join())
        .startsWith("It failed: ");
  }

  @Test
  void anOldPictureStaysAndSaysItsAge() {
    publish(3);
    screen.press(Key.of(Key.Kind.OTHER), () -> time.advance(Duration.ofSeconds(42)));

    assertThat(run(LiveMonitorTest::none)).isZero();

    assertThat(String.join("\n", screen.shown)).contains("42 s", "Queue       audits");
  }

  @Test
  void ctrlCAndASignalEndItAsAShellExpects() {
    screen.press(Key.of(Key.Kind.INTERRUPT));
    assertThat(run(LiveMonitorTest::none)).isEqualTo(130);

    LiveMonitor told =
        new LiveMonitor(
            screen,
            new MonitorScreen(CommandRun.plainTerminal(), List.of()),
            watch::picture,
            LiveMonitorTest::none,
            time);
    assertThat(told.run(() -> true)).isEqualTo(130);
  }
}
