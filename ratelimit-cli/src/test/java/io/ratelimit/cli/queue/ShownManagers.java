package io.ratelimit.cli.queue;

import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.Managers;
import io.ratelimit.cli.watch.RoundRow;
import io.ratelimit.cli.watch.WorkerRow;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Managers and workers as a test says; what was done with them is written down. */
public final class ShownManagers implements Managers {

  private final List<String> done = new CopyOnWriteArrayList<>();
  private final Map<String, ManagerSeen> seen = new HashMap<>();
  private volatile List<RoundRow> rounds = List.of();
  private volatile List<WorkerRow> workers = List.of();

  ShownManagers() {}

  public void show(List<RoundRow> newRounds, List<WorkerRow> newWorkers) {
    rounds = List.copyOf(newRounds);
    workers = List.copyOf(newWorkers);
  }

  public synchronized void show(ManagerSeen manager) {
    seen.put(manager.id().orElseThrow(), manager);
  }

  /** What was done, in order. */
  public List<String> done() {
    return done;
  }

  @Override
  public void remember(ManagerSeen manager) {}

  @Override
  public List<RoundRow> rounds() {
    return rounds;
  }

  @Override
  public List<WorkerRow> workers() {
    return workers;
  }

  @Override
  public synchronized ManagerSeen seen(String id) {
    return seen.getOrDefault(id, new ManagerSeen.Unknown(id, "there is no manager " + id));
  }

  @Override
  public ManagerStatus stop(String id) {
    done.add("stop " + id);
    throw new ManagerException.UnknownManager(id, new IllegalStateException("no such"));
  }

  @Override
  public WorkerRange setWorkers(String id, int min, int max) {
    WorkerRange range = new WorkerRange(min, max);
    done.add("workers " + id + " " + min + " " + max);
    return range;
  }

  @Override
  public void close() {}
}
