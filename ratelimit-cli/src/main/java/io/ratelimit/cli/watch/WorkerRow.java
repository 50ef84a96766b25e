package io.ratelimit.cli.watch;

import io.ratelimit.temporal.manager.PollingWorker;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker process in a list. The names in JSON are stable.
 *
 * @param name the name that it gives itself
 * @param process its process and host, such as {@code 4711@host}, if it reports them
 * @param slots the most events it works on at once, if it reports that
 * @param version the build id of its deployment, if it has one
 * @param queue the queue that it serves, if it reports it
 * @param seenAt when it last asked for work
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
