package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.temporal.manager.ManagerException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exit codes tell scripts the result of a call to a manager. */
class ManagerExitCodeTest {

  private static final Map<String, Integer> CODES =
      Map.ofEntries(
          Map.entry("AlreadyStarted", ExitCode.BAD_INPUT),
          Map.entry("UnknownManager", ExitCode.BAD_INPUT),
          Map.entry("NotRunning", ExitCode.BAD_INPUT),
          Map.entry("NotAManager", ExitCode.BAD_INPUT),
          Map.entry("Refused", ExitCode.BAD_INPUT),
          Map.entry("ScheduleConflict", ExitCode.BAD_INPUT),
          Map.entry("UnknownSchedule", ExitCode.BAD_INPUT),
          Map.entry("Stuck", ExitCode.UNAVAILABLE),
          Map.entry("NoAnswer", ExitCode.UNAVAILABLE),
          Map.entry("QueueUnreachable", ExitCode.UNAVAILABLE),
          Map.entry("Unreadable", ExitCode.UNAVAILABLE),
          Map.entry("ServerUnreachable", ExitCode.UNAVAILABLE),
          Map.entry("UnknownNamespace", ExitCode.UNAVAILABLE),
          Map.entry("Denied", ExitCode.UNAVAILABLE),
          Map.entry("Unsupported", ExitCode.UNAVAILABLE),
          Map.entry("Overloaded", ExitCode.UNAVAILABLE),
          Map.entry("Cancelled", ExitCode.UNAVAILABLE),
          Map.entry("Unexpected", ExitCode.UNAVAILABLE),
          Map.entry("NotFinished", ExitCode.NOT_YET),
          Map.entry("Ended", ExitCode.MISSED));

  static Stream<Class<?>> failures() {
    return Stream.of(ManagerException.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureHasItsExitCode(Class<? extends ManagerException> failure) {
    assertThat(CODES).containsKey(failure.getSimpleName());
    assertThat(Cli.exitCode(failure)).isEqualTo(CODES.get(failure.getSimpleName()));
  }
}
