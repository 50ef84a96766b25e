package io.ratelimit.core.simulation;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts what happens in each round of a simulation. Times are nanoseconds from its start. */
final class RoundTallies {

  private static final class Tally {
    final long startedAt;
    final double permitsBefore;
    final Map<String, Long> arrivals = new LinkedHashMap<>();
    long toArrive;
    long unfinished;
    long finishedAt = -1;
    long starts;
    double permitsAtLastStart;
    double workerSeconds;

    Tally(long startedAt, double permitsBefore, long toArrive) {
      this.startedAt = startedAt;
      this.permitsBefore = permitsBefore;
      this.permitsAtLastStart = permitsBefore;
      this.toArrive = toArrive;
      this.finishedAt = toArrive == 0 ? startedAt : -1;
    }

    void look(long now) {
      if (toArrive == 0 && unfinished == 0) {
        finishedAt = now;
      }
    }

    Simulation.Round told(Duration deadline) {
      Optional<Duration> finish =
          finishedAt < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(finishedAt - startedAt));
      return new Simulation.Round(
          Duration.ofNanos(startedAt),
          arrivals,
          finish,
          finish.isPresent() && finish.get().compareTo(deadline) <= 0,
          starts,
          // The first one does not wait.
          Math.max(0, starts - 1 - (permitsAtLastStart - permitsBefore)),
          Duration.ofNanos(Math.round(workerSeconds * 1e9)));
    }
  }

  private final Simulation setup;
  private final List<Tally> rounds = new ArrayList<>();
  // The round of each event; with a single round, all belong to it.
  private final Map<String, Tally> roundOf = new HashMap<>();
  private double permitsPerNano;
  private double permits;
  private long permitsAt;
  private long workersAt;

  RoundTallies(Simulation setup) {
    this.setup = setup;
    afterChange(setup.limit);
  }

  boolean hasMore() {
    return rounds.size() < setup.rounds.size();
  }

  long startOf(int round) {
    return rounds.get(round).startedAt;
  }

  long latestStart() {
    return latest().startedAt;
  }

  private Tally latest() {
    return rounds.get(rounds.size() - 1);
  }

  /** Begins a round; until now, this many workers were wanted. */
  void start(int wanted, long now) {
    if (!rounds.isEmpty()) {
      workers(wanted, now);
    }
    workersAt = now;
    rounds.add(new Tally(now, permitsAt(now), setup.rounds.get(rounds.size()).size()));
  }

  void published(int round, AuditEvent event) {
    Tally tally = rounds.get(round);
    tally.arrivals.merge(event.type().name(), 1L, Long::sum);
    tally.unfinished++;
    if (setup.rounds.size() > 1) {
      roundOf.put(event.id(), tally);
    }
  }

  /** Notes that this many arrivals of a round are over, published or not. */
  void arrived(int round, int count, long now) {
    Tally tally = rounds.get(round);
    tally.toArrive -= count;
    tally.look(now);
  }

  void attempted(AuditEvent event, long now) {
    Tally tally = latest();
    tally.starts += event.weight();
    tally.permitsAtLastStart = permitsAt(now);
  }

  void finished(AuditEvent event, long now) {
    Tally tally = setup.rounds.size() > 1 ? roundOf.remove(event.id()) : latest();
    if (tally != null) {
      tally.unfinished--;
      tally.look(now);
    }
  }

  /** Attributes events that were given up without an attempt to the oldest unfinished rounds. */
  void gaveUp(long count, long now) {
    long left = count;
    for (Tally tally : rounds) {
      long these = Math.min(left, tally.unfinished);
      if (these > 0) {
        tally.unfinished -= these;
        left -= these;
        tally.look(now);
      }
    }
  }

  /** Notes that until now, this many workers were wanted. */
  void workers(int wanted, long now) {
    latest().workerSeconds += wanted * ((now - workersAt) / 1e9);
    workersAt = now;
  }

  private double permitsAt(long now) {
    return permits + (now - permitsAt) * permitsPerNano;
  }

  void beforeChange(long now) {
    permits = permitsAt(now);
    permitsAt = now;
  }

  void afterChange(RateLimit normal) {
    permitsPerNano = 1e-9 / normal.secondsPerPermit();
  }

  /** Returns the state of the rounds, with this many workers wanted until now. */
  List<Simulation.Round> told(int wanted, long now) {
    workers(wanted, now);
    return rounds.stream().map(tally -> tally.told(setup.terms.deadline())).toList();
  }
}
