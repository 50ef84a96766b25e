package io.ratelimit.cli.watch;

import io.ratelimit.temporal.manager.PollingWorker;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker process in a list of them; the names in JSON are a promise.
 *
 * @param name what it calls itself
 * @param process its process and host, as {@code 4711@host}, if it says so
 * @param slots how many events it works on at most, if it says so
 * @param version the build id of its deployment, if it has one
 * @param queue the queue that it serves, if it says so
 * @param seenAt when it asked for work last
 */
public record WorkerRow(
    String name,
    Optional<String> process,
    Optional<Integer> slots,
    Optional<String> version,
    Optional<String> queue,
    Instant seenAt) {

  private static final Pattern IDENTITY =
      Pattern.compile("(\\d+@\\S+) (.+?)(?: with \\d+ slots)?(?: serves .*)?");

  static WorkerRow of(PollingWorker worker) {
    Matcher told = IDENTITY.matcher(worker.identity());
    boolean known = told.matches();
    return new WorkerRow(
        known ? told.group(2) : worker.identity(),
        known ? Optional.of(told.group(1)) : Optional.empty(),
        worker.slots(),
        worker.version(),
        worker.queue(),
        worker.seenAt());
  }
}
