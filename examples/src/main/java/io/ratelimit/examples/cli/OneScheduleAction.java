package io.ratelimit.examples.cli;

import java.util.List;
import picocli.CommandLine.Parameters;

/** Something to do with one schedule. */
abstract class OneScheduleAction extends ManagerAction {

  @Parameters(paramLabel = "ID", description = "The schedule's id.")
  private String id = "";

  OneScheduleAction(Terminal terminal) {
    super(terminal);
  }

  String id() {
    if (id.isBlank()) {
      throw new InputException("the schedule's id must not be blank");
    }
    return id;
  }

  /** Prints that something was done with the schedule. */
  void printTold(String told, List<String> lines) {
    print(new ManagerTold(id(), told), lines);
  }
}
