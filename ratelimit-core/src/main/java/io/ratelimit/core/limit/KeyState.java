package io.ratelimit.core.limit;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of one key of a named limit: the starts of its longest window, and where the pace of
 * each window stands. A pure state machine, as {@link LimitState} is for a queue's own limit.
 *
 * <p><b>Guarantee.</b> Along one chain of states, no half-open interval of the length of a window
 * holds more starts (by cost) than this window has permits. When the windows change, every start
 * obeys the windows set at that start, counting the starts already made; time that is no longer
 * remembered counts as full.
 *
 * <p><b>Tightness.</b> A start of this cost may be made at the time that {@link #earliest} returns,
 * and at any later time; before it, a window or its pace forbids it.
 *
 * <p>It remembers the starts of the longest window, or of the longest window of any key if some
 * keys have overrides, and {@linkplain #isPast may be forgotten} when they have left it. Immutable
 * and thread-safe. A decision costs O(windows), and O(starts that must leave) where a window is
 * full.
 */
public final class KeyState {

  private static final String KIND = "key-state";

  private static final KeyState NEW =
      new KeyState(List.of(), List.of(), 0, StartLog.EMPTY, Long.MIN_VALUE);

  private final List<RateLimit> windows;
  // The pace of each window after the starts.
  private final List<Pace> paces;
  // How long starts are remembered, at least.
  private final long memoryMicros;
  private final StartLog log;
  // The latest start to which the usage of others was added.
  private final long told;

  private KeyState(
      List<RateLimit> windows, List<Pace> paces, long memoryMicros, StartLog log, long told) {
    this.windows = windows;
    this.paces = paces;
    this.memoryMicros = memoryMicros;
    this.log = log;
    this.told = told;
  }

  /** Returns the state of a key without any starts. */
  public static KeyState unused() {
    return NEW;
  }

  /**
   * Returns a state that was kept as text: it decides as the one that was written.
   *
   * @param text what {@link #toText} of this version of the library or an earlier one returned
   * @throws IllegalArgumentException if it is something else, of a version that is not known yet,
   *     or damaged. Such a past is unknown, not empty: go on with {@link #unknownUntil}
   */
  public static KeyState parse(String text) {
    return FormReader.read(
        text,
        KIND,
        LimitForms.VERSION,
        form -> {
          List<RateLimit> windows = LimitForms.windows(form);
          List<Pace> paces = form.list(() -> LimitForms.pace(form));
          if (paces.size() != windows.size()) {
            throw new IllegalArgumentException(
                "it has " + windows.size() + " windows and the pace of " + paces.size());
          }
          return new KeyState(windows, paces, form.number(), StartLog.read(form), form.number());
        });
  }

  /**
   * Returns the whole state as text for a store to keep, in the form of {@link LimitState#toText}.
   * O(starts).
   */
  public String toText() {
    FormWriter form = new FormWriter(KIND, LimitForms.VERSION);
    LimitForms.write(form, windows);
    form.list(paces, pace -> LimitForms.write(form, pace)).number(memoryMicros);
    log.write(form);
    return form.number(told).end();
  }

  /** Returns this state when starts up to a time may be missing: it counts as spent until then. */
  public KeyState unknownUntil(Instant time) {
    long micros = Micros.of(time);
    long end = Micros.toInstant(micros).isBefore(time) ? micros + 1 : micros;
    return new KeyState(windows, paces, memoryMicros, log.withForgottenUntil(end), told);
  }

  /** Returns this state under other windows. Those that stay keep their pace. */
  public KeyState under(List<RateLimit> newWindows) {
    return under(newWindows, NamedLimit.longestMicros(newWindows));
  }

  /** Returns this state under a key's settings at a time. Windows that stay keep their pace. */
  public KeyState under(NamedLimitSettings settings, String key, Instant now) {
    return under(settings.inForce(key, now), Micros.of(settings.memory()));
  }

  private KeyState under(List<RateLimit> newWindows, long newMemory) {
    if (newMemory == memoryMicros && newWindows.equals(windows)) {
      return this;
    }
    List<Pace> newPaces = new ArrayList<>();
    for (RateLimit window : newWindows) {
      int same = windows.indexOf(window);
      newPaces.add(same < 0 ? log.replay(Pace.Rate.of(window)) : paces.get(same));
    }
    return new KeyState(List.copyOf(newWindows), newPaces, newMemory, log, told);
  }

  /**
   * Returns the earliest time, from a time on, at which a start of this cost may be made under a
   * key's settings. When demands expire, lower windows are in force.
   *
   * @param from in whole microseconds
   * @param cost at least 1, and not more than the permits of any window of the key
   * @throws IllegalArgumentException if the cost is outside its range
   */
  public Instant earliest(NamedLimitSettings settings, String key, Instant from, int cost) {
    long at = Math.max(Micros.of(from), log.latest());
    while (true) {
      long lapse = settings.raisedUntil(key, at);
      long earliest = under(settings, key, Micros.toInstant(at)).earliest(at, cost);
      if (earliest < lapse) {
        return Micros.toInstant(earliest);
      }
      at = lapse;
    }
  }

  /**
   * Returns the earliest time, from a time on, at which a start of this cost may be made.
   *
   * @param from in whole microseconds
   * @param cost at least 1, and not more than the permits of any window
   * @throws IllegalArgumentException if the cost is outside its range
   */
  public Instant earliest(Instant from, int cost) {
    return Micros.toInstant(earliest(Math.max(Micros.of(from), log.latest()), cost));
  }

  private long earliest(long from, int cost) {
    Requirements.atLeast("cost", cost, 1);
    long earliest = from;
    for (int i = 0; i < windows.size(); i++) {
      RateLimit window = windows.get(i);
      Requirements.between("cost", cost, 1, window.permits());
      long paced = Math.max(from, paces.get(i).earliest(cost, Pace.Rate.of(window)));
      earliest =
          Math.max(
              earliest,
              log.earliestWithRoom(paced, window.windowMicros(), window.permits() - cost));
    }
    return earliest;
  }

  /**
   * Returns the state after a start.
   *
   * @param at a time that {@link #earliest} admits
   * @throws IllegalArgumentException if it is too early, or the cost outside its range
   */
  public KeyState started(Instant at, int cost) {
    long start = Math.max(Micros.of(at), log.latest());
    long earliest = earliest(start, cost);
    if (earliest > start) {
      throw new IllegalArgumentException(
          "a start of cost "
              + cost
              + " may be made at "
              + Micros.toInstant(earliest)
              + " but is at "
              + at);
    }
    List<Pace> paid = new ArrayList<>(windows.size());
    for (int i = 0; i < windows.size(); i++) {
      paid.add(paces.get(i).afterStart(start, cost, Pace.Rate.of(windows.get(i))));
    }
    StartLog appended = log.append(start, cost).forget(start - memoryMicros);
    return new KeyState(windows, paid, memoryMicros, appended, told);
  }

  /**
   * Corrects what a start cost, at the time of that start, as {@link LimitState#corrected} does.
   *
   * @param start when it was made
   * @param change how much more it cost, or less; it never costs less than nothing
   * @param now the time of the correction
   * @return empty if nothing changes: the start has left every window, or is not remembered
   */
  public Optional<Corrected<KeyState>> corrected(Instant start, long change, Instant now) {
    return corrected(Micros.of(start), change, Micros.of(now))
        .map(corrected -> with(corrected, told));
  }

  private Optional<StartLog.Corrected> corrected(long start, long change, long now) {
    return start + memoryMicros <= Math.max(now, log.latest())
        ? Optional.empty()
        : log.corrected(start, change);
  }

  private Corrected<KeyState> with(StartLog.Corrected corrected, long newTold) {
    List<Pace> newPaces = new ArrayList<>();
    List<Corrected.Overrun> overruns = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      RateLimit window = windows.get(i);
      newPaces.add(paces.get(i).corrected(log, corrected, Pace.Rate.of(window)));
      long fullest = corrected.log().fullestAround(corrected.at(), window.windowMicros());
      if (corrected.change() > 0 && fullest > window.permits()) {
        overruns.add(new Corrected.Overrun(window, fullest - window.permits()));
      }
    }
    KeyState next = new KeyState(windows, newPaces, memoryMicros, corrected.log(), newTold);
    return new Corrected<>(next, corrected.change(), overruns);
  }

  /**
   * Debits what others used of the same quota, as the API reports it in the answer to a start: from
   * now on, the reported usage and later starts together fill the window. Never gives anything
   * back. The usage of others counts at the time of the start, or of a later start that has already
   * reported it.
   *
   * @param start when the answered start was made
   * @param window the window that was used
   * @param used how much was used in it up to the answer, including that start
   * @param now the time of the answer
   * @return empty if nothing changes: the usage is already counted, the start has left every window
   *     or is not remembered, or there is no such window
   */
  public Optional<Corrected<KeyState>> used(
      Instant start, RateLimit window, long used, Instant now) {
    long at = Math.max(Micros.of(start), told);
    long counted = log.knownBetween(at - window.windowMicros(), at);
    return !windows.contains(window) || used <= counted
        ? Optional.empty()
        : corrected(at, used - counted, Micros.of(now))
            .map(corrected -> with(corrected, corrected.at()));
  }

  /** Returns whether no remembered start limits a start at this time or later. */
  public boolean isPast(Instant now) {
    return Micros.plus(log.latest(), memoryMicros) <= Micros.of(now);
  }

  /** Returns whether a start that is remembered is in one of the windows that end at a time. */
  public boolean hasStartsInWindow(Instant now) {
    return latestStart().isPresent()
        && Micros.plus(log.latest(), NamedLimit.longestMicros(windows)) > Micros.of(now);
  }

  /**
   * Returns the cost of the starts in each window that ends at a time, in the order of the windows;
   * nothing for a window that may not be remembered completely.
   */
  public List<Long> held(Instant now) {
    return windows.stream()
        .map(
            window ->
                log.knownAfter(
                    Math.max(log.forgottenUntil(), Micros.of(now) - window.windowMicros())))
        .toList();
  }

  /** Returns the latest start that is remembered. */
  public Optional<Instant> latestStart() {
    OptionalLong latest = log.latestKnown();
    return log.totalWeight() > 0 && latest.isPresent() && latest.getAsLong() > log.forgottenUntil()
        ? Optional.of(Micros.toInstant(latest.getAsLong()))
        : Optional.empty();
  }
}
