package io.ratelimit.cli.monitor;

import io.ratelimit.cli.shell.Key;
import java.util.Optional;

/**
 * The user's choices at the live screen. Immutable; a key produces a new one.
 *
 * @param top the number of lines scrolled away at the top
 * @param mode the current meaning of keys
 * @param filter shows only lines with this text; all if empty
 * @param typed the part of a filter typed so far
 * @param asked the action to confirm, if any
 */
record ScreenState(int top, Mode mode, String filter, String typed, Optional<Action> asked) {

  static final ScreenState FIRST = new ScreenState(0, Mode.WATCHING, "", "", Optional.empty());

  private static final int LONGEST_FILTER = 100;

  /** The meaning of keys. */
  enum Mode {
    WATCHING,
    HELP,
    TYPING,
    CONFIRMING
  }

  /** An action to start. */
  enum Action {
    QUIT,
    PAUSE,
    RESUME,
    REDRIVE
  }

  /**
   * The screen at the moment of a key press.
   *
   * @param page the number of visible lines of the scrolling part
   * @param lines the number of lines of the scrolling part
   * @param paused whether starts are paused
   * @param failed the number of failed events
   */
  record Seen(int page, int lines, boolean paused, long failed) {
    private int lowest() {
      return Math.max(0, lines - page);
    }
  }

  /**
   * The effect of a key.
   *
   * @param state the new state
   * @param action the action to start, if any
   */
  record Step(ScreenState state, Optional<Action> action) {}

  Step on(Key key, Seen seen) {
    if (key.kind() == Key.Kind.INTERRUPT) {
      return new Step(this, Optional.of(Action.QUIT));
    }
    return switch (mode) {
      case WATCHING -> watching(key, seen);
      case HELP -> to(in(Mode.WATCHING));
      case TYPING -> to(typing(key));
      case CONFIRMING ->
          new Step(in(Mode.WATCHING), asked.filter(action -> key.is('y') || key.is('Y')));
    };
  }

  private static Step to(ScreenState state) {
    return new Step(state, Optional.empty());
  }

  private ScreenState in(Mode next) {
    return new ScreenState(top, next, filter, "", Optional.empty());
  }

  private Step watching(Key key, Seen seen) {
    int row = Math.min(top, seen.lowest());
    return switch (key.kind()) {
      case UP -> to(at(row - 1, seen));
      case DOWN -> to(at(row + 1, seen));
      case PAGE_UP -> to(at(row - seen.page(), seen));
      case PAGE_DOWN -> to(at(row + seen.page(), seen));
      case HOME -> to(at(0, seen));
      case END -> to(at(seen.lowest(), seen));
      case ESCAPE -> to(filteredBy(""));
      case CHARACTER -> chosen(key.character(), seen);
      default -> to(this);
    };
  }

  private Step chosen(int character, Seen seen) {
    return switch (character) {
      case 'q', 'Q' -> new Step(this, Optional.of(Action.QUIT));
      case '?', 'h' -> to(in(Mode.HELP));
      case '/' -> to(new ScreenState(top, Mode.TYPING, filter, filter, Optional.empty()));
      case 'k' -> to(at(Math.min(top, seen.lowest()) - 1, seen));
      case 'j' -> to(at(Math.min(top, seen.lowest()) + 1, seen));
      case ' ' -> to(at(Math.min(top, seen.lowest()) + seen.page(), seen));
      case 'p', 'P' -> to(asking(seen.paused() ? Action.RESUME : Action.PAUSE));
      case 'r', 'R' -> to(seen.failed() == 0 ? this : asking(Action.REDRIVE));
      default -> to(this);
    };
  }

  private ScreenState at(int row, Seen seen) {
    int bounded = Math.max(0, Math.min(row, seen.lowest()));
    return new ScreenState(bounded, mode, filter, typed, asked);
  }

  private ScreenState filteredBy(String text) {
    return new ScreenState(0, Mode.WATCHING, text, "", Optional.empty());
  }

  private ScreenState asking(Action action) {
    return new ScreenState(top, Mode.CONFIRMING, filter, "", Optional.of(action));
  }

  private ScreenState typing(Key key) {
    return switch (key.kind()) {
      case ENTER -> filteredBy(typed);
      case ESCAPE -> in(Mode.WATCHING);
      case BACKSPACE ->
          typed(
              typed.isEmpty()
                  ? ""
                  : typed.substring(0, typed.offsetByCodePoints(typed.length(), -1)));
      case CHARACTER ->
          typed.length() < LONGEST_FILTER
              ? typed(typed + Character.toString(key.character()))
              : this;
      default -> this;
    };
  }

  private ScreenState typed(String text) {
    return new ScreenState(top, mode, filter, text, asked);
  }
}
