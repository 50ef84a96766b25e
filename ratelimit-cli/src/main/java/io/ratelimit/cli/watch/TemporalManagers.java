package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The managers and workers of a task queue in Temporal, read in the background. */
final class TemporalManagers implements Managers {

  /** The most managers listed, which are the latest. */
  private static final int MOST_ROUNDS = 30;

  /** The most workers listed: those that asked for work last. */
  private static final int MOST_WORKERS = 100;

  /** The most managers watched at once, in addition to the one that is always watched. */
  private static final int MOST_WATCHED = 8;

  private static final Duration LIST_PAUSE = Duration.ofSeconds(3);
  private static final Duration WATCH_PAUSE = Duration.ofSeconds(1);

  private final RateLimitClient client;
  private final Repeating looking;
  private final Map<String, ManagerWatch> watched = new LinkedHashMap<>();
  private final Map<String, RoundRow> ended = new LinkedHashMap<>();
  private volatile Optional<List<RoundRow>> listed = Optional.empty();
  private volatile List<WorkerRow> workers = List.of();

  /** Reads the managers and workers now, and repeatedly from now on. */
  TemporalManagers(RateLimitClient client) {
    this.client = client;
    this.looking = Repeating.start("managers", LIST_PAUSE, this::look);
  }

  private void look() {
    try {
      ManagerQuery latest = ManagerQuery.RUNNING.withEnded(true).withLimit(MOST_ROUNDS);
      listed = Optional.of(client.list(latest).managers().stream().map(RoundRow::of).toList());
    } catch (ManagerException unknown) {
      // The server has no visibility, or is away: what was seen before stays.
    }
    try {
      workers =
          client.workers().stream()
              .map(WorkerRow::of)
              .sorted(Comparator.comparing(WorkerRow::seenAt).reversed())
              .limit(MOST_WORKERS)
              .toList();
    } catch (ManagerException unknown) {
      // Their age shows that.
    }
  }

  /** Remembered managers are returned for a server that cannot list any. */
  @Override
  public synchronized void remember(ManagerSeen seen) {
    if (seen instanceof ManagerSeen.Ended end && !ended.containsKey(end.name())) {
      ended.put(end.name(), RoundRow.ended(end, end.at()));
      if (ended.size() > MOST_ROUNDS) {
        ended.remove(ended.keySet().iterator().next());
      }
    }
  }

  @Override
  public synchronized List<RoundRow> rounds() {
    return listed.orElseGet(
        () -> {
          List<RoundRow> latest = new ArrayList<>(ended.values());
          latest.sort(Comparator.comparing(RoundRow::startedAt).reversed());
          return latest;
        });
  }

  @Override
  public List<WorkerRow> workers() {
    return workers;
  }

  /** Watches the manager from then on, until there are many others. */
  @Override
  public synchronized ManagerSeen seen(String id) {
    ManagerWatch watch =
        Optional.ofNullable(watched.remove(id))
            .orElseGet(() -> new ManagerWatch(client, () -> Optional.of(id), WATCH_PAUSE));
    watched.put(id, watch);
    if (watched.size() > MOST_WATCHED) {
      Iterator<ManagerWatch> oldestFirst = watched.values().iterator();
      oldestFirst.next().close();
      oldestFirst.remove();
    }
    return watch.get();
  }

  @Override
  public ManagerStatus stop(String id) {
    return client.stop(id);
  }

  @Override
  public WorkerRange setWorkers(String id, int min, int max) {
    return client.setWorkers(id, min, max);
  }

  @Override
  public synchronized void close() {
    looking.close();
    watched.values().forEach(ManagerWatch::close);
    watched.clear();
  }
}
