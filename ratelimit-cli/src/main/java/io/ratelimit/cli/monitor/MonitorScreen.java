package io.ratelimit.cli.monitor;

import io.ratelimit.cli.shell.ScreenLine;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;

/**
 * Draws the live screen: the verdict on top at any size, scrolling details below it, and the keys
 * at the bottom. Pure.
 */
final class MonitorScreen {

  private static final int INDENT = 12;
  private static final List<String> HELP =
      List.of(
          "q           quit; so does Ctrl-C",
          "↑ ↓         scroll by a line; so do k and j",
          "PgUp PgDn   scroll by a page; so does the space bar",
          "Home End    go to the beginning, to the end",
          "/           show only lines that contain a text: an id, a type, a worker; Esc shows all",
          "p           pause all starts, or resume them; asks first",
          "r           bring all failed events back; asks first",
          "?           this help; any key ends it");
  private static final List<String> HINTS =
      List.of("q quit", "? help", "↑↓ scroll", "/ filter", "p pause", "r redrive");
  private static final String GAP = "  ";

  /**
   * A drawn screen.
   *
   * @param lines the lines, from the top of the screen
   * @param seen the state that keys refer to
   */
  record Frame(List<AttributedString> lines, ScreenState.Seen seen) {}

  private final Terminal terminal;
  private final List<String> addresses;

  /**
   * @param addresses other places that show the same
   */
  MonitorScreen(Terminal terminal, List<String> addresses) {
    this.terminal = terminal;
    this.addresses = addresses;
  }

  /**
   * Draws.
   *
   * @param message the result of the last action; empty if none
   */
  Frame draw(Picture picture, ScreenState state, String message, int columns, int rows) {
    List<AttributedString> top = new ArrayList<>();
    picture
        .verdictLines(terminal)
        .forEach(line -> top.addAll(ScreenLine.wrapped(line, INDENT, columns)));
    int most = Math.max(1, rows / 3);
    List<AttributedString> frame = new ArrayList<>(top.subList(0, Math.min(most, top.size())));
    frame.add(AttributedString.EMPTY);

    List<AttributedString> body = body(picture, state, columns);
    int page = Math.max(1, rows - frame.size() - 1);
    int first = Math.max(0, Math.min(state.top(), body.size() - page));
    int last = Math.min(body.size(), first + page);
    frame.addAll(body.subList(first, last));
    while (frame.size() < rows - 1) {
      frame.add(AttributedString.EMPTY);
    }
    List<AttributedString> shown =
        new ArrayList<>(frame.subList(0, Math.min(frame.size(), Math.max(0, rows - 1))));
    String position =
        body.size() <= page ? "" : (first + 1) + "-" + last + " of " + body.size() + " lines";
    shown.add(ScreenLine.cut(bottom(picture, state, message, position, columns), columns));
    return new Frame(
        shown, new ScreenState.Seen(page, body.size(), picture.isPaused(), picture.failed()));
  }

  private List<AttributedString> body(Picture picture, ScreenState state, int columns) {
    List<String> lines =
        state.mode() == ScreenState.Mode.HELP
            ? HELP.stream().map(this::drawable).toList()
            : details(picture, state.filter());
    List<AttributedString> wrapped = new ArrayList<>();
    lines.forEach(line -> wrapped.addAll(ScreenLine.wrapped(line, INDENT, columns)));
    return wrapped;
  }

  private List<String> details(Picture picture, String filter) {
    List<String> lines = new ArrayList<>(picture.detailLines(terminal));
    lines.addAll(addresses);
    if (filter.isEmpty()) {
      return lines;
    }
    String wanted = filter.toLowerCase(Locale.ROOT);
    List<String> matching =
        lines.stream().filter(line -> line.toLowerCase(Locale.ROOT).contains(wanted)).toList();
    return matching.isEmpty() ? List.of("no line contains " + Texts.quoted(filter)) : matching;
  }

  private String bottom(
      Picture picture, ScreenState state, String message, String position, int columns) {
    return switch (state.mode()) {
      case TYPING -> "Filter: " + state.typed() + "_   (Enter: apply, Esc: cancel)";
      case CONFIRMING ->
          "[y/n] " + state.asked().map(action -> question(action, picture)).orElse("");
      case HELP -> "press any key to go back";
      case WATCHING ->
          message.isEmpty()
              ? hints(state, position, columns)
              : terminal.styled(Style.BOLD, message);
    };
  }

  private static String question(ScreenState.Action action, Picture picture) {
    return switch (action) {
      case PAUSE -> "Pause all starts until somebody resumes them?";
      case RESUME -> "Let events start again?";
      case REDRIVE -> "Bring " + Texts.count(picture.failed(), "failed event") + " back?";
      case QUIT -> "Quit?";
    };
  }

  /** Replaces arrows, which not every terminal has. */
  private String drawable(String text) {
    return terminal.unicode() ? text : text.replace("↑↓", "up/down").replace("↑ ↓", "up down");
  }

  /** Returns as many key hints as fit beside the position. */
  private String hints(ScreenState state, String position, int columns) {
    String right =
        (state.filter().isEmpty() ? "" : "filter " + Texts.quoted(state.filter()) + GAP) + position;
    int room = columns - right.length() - (right.isEmpty() ? 0 : GAP.length());
    StringBuilder left = new StringBuilder();
    for (String hint : HINTS) {
      String more = (left.length() == 0 ? "" : GAP) + drawable(hint);
      if (left.length() + more.length() <= room) {
        left.append(more);
      }
    }
    return terminal.styled(Style.FAINT, Texts.padded(left.toString(), Math.max(0, room)))
        + (right.isEmpty() ? "" : GAP + right);
  }
}
