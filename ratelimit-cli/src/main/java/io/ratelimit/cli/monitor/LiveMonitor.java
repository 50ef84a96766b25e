package io.ratelimit.cli.monitor;

import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Key;
import io.ratelimit.cli.shell.Screen;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Redraws a screen and handles keys until the user quits. */
final class LiveMonitor {

  /** The interval of redraws: a picture shows its growing age. */
  private static final Duration REDRAWN_EVERY = Duration.ofSeconds(1);

  private static final Duration KEYS_WAIT = Duration.ofMillis(100);
  private static final Duration MESSAGE_STAYS = Duration.ofSeconds(5);

  private final Screen screen;
  private final MonitorScreen drawn;
  private final Supplier<Picture> pictures;
  private final Function<ScreenState.Action, CompletableFuture<String>> actions;
  private final Time time;
  private ScreenState state = ScreenState.FIRST;
  private String message = "";
  private Instant messageUntil = Instant.MIN;
  private Optional<CompletableFuture<String>> underWay = Optional.empty();

  LiveMonitor(
      Screen screen,
      MonitorScreen drawn,
      Supplier<Picture> pictures,
      Function<ScreenState.Action, CompletableFuture<String>> actions,
      Time time) {
    this.screen = screen;
    this.drawn = drawn;
    this.pictures = pictures;
    this.actions = actions;
    this.time = time;
  }

  /**
   * Runs until the user quits, and returns the exit code.
   *
   * @param isOver whether to end for another reason
   */
  int run(BooleanSupplier isOver) {
    while (!isOver.getAsBoolean()) {
      hear();
      MonitorScreen.Frame frame = draw();
      OptionalInt exitCode = follow(frame);
      if (exitCode.isPresent()) {
        return exitCode.getAsInt();
      }
    }
    return Interruption.EXIT_CODE;
  }

  private MonitorScreen.Frame draw() {
    MonitorScreen.Frame frame =
        drawn.draw(pictures.get(), state, message, screen.columns(), screen.rows());
    screen.show(frame.lines());
    return frame;
  }

  /** Handles keys until the next redraw; returns the exit code if the user quits. */
  private OptionalInt follow(MonitorScreen.Frame frame) {
    Instant next = time.now().plus(REDRAWN_EVERY);
    int columns = screen.columns();
    int rows = screen.rows();
    while (time.now().isBefore(next)) {
      Optional<Key> key = screen.key(KEYS_WAIT);
      if (key.isPresent()) {
        ScreenState.Step step = state.on(key.get(), frame.seen());
        state = step.state();
        if (step.action().filter(ScreenState.Action.QUIT::equals).isPresent()) {
          boolean interrupts = key.get().kind() == Key.Kind.INTERRUPT;
          return OptionalInt.of(interrupts ? Interruption.EXIT_CODE : 0);
        }
        step.action().ifPresent(this::begin);
        return OptionalInt.empty();
      }
      if (isDone() || screen.columns() != columns || screen.rows() != rows) {
        return OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  private void begin(ScreenState.Action action) {
    if (underWay.isEmpty()) {
      underWay = Optional.of(actions.apply(action));
      say("Under way …");
    }
  }

  private boolean isDone() {
    return underWay.filter(CompletableFuture::isDone).isPresent();
  }

  private void hear() {
    if (isDone()) {
      say(underWay.orElseThrow().join());
      underWay = Optional.empty();
    } else if (underWay.isEmpty() && !time.now().isBefore(messageUntil)) {
      message = "";
    }
  }

  private void say(String text) {
    message = text;
    messageUntil = time.now().plus(MESSAGE_STAYS);
  }
}
