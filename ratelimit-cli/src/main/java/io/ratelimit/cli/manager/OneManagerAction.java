package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import java.util.List;
import picocli.CommandLine.Parameters;

/** An action on one manager, or one schedule of managers. */
abstract class OneManagerAction extends ManagerAction {

  @Parameters(paramLabel = "ID", description = "Its id.")
  private String id = "";

  OneManagerAction(Terminal terminal) {
    super(terminal);
  }

  String id() {
    if (id.isBlank()) {
      throw new InputException("ID must not be blank");
    }
    return id;
  }

  /** Prints what was done. */
  void printTold(String told, String... lines) {
    print(new ManagerTold(id(), told), List.of(lines));
  }
}
