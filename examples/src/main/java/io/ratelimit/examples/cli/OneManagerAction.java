package io.ratelimit.examples.cli;

import java.util.List;
import picocli.CommandLine.Parameters;

/** Something to do with one manager. */
abstract class OneManagerAction extends ManagerAction {

  @Parameters(paramLabel = "ID", description = "The manager's id.")
  private String id = "";

  OneManagerAction(Terminal terminal) {
    super(terminal);
  }

  String id() {
    if (id.isBlank()) {
      throw new InputException("the manager's id must not be blank");
    }
    return id;
  }

  /** Prints that the manager was told something. */
  void printTold(String told, String line) {
    print(new ManagerTold(id(), told), List.of("Manager " + id() + ": " + line));
  }
}
