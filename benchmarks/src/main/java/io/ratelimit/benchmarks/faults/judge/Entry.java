package io.ratelimit.benchmarks.faults.judge;

import java.util.List;

/**
 * An entry in the journal of a process: one line with a timestamp of the machine's clock, a word
 * for its kind, and the rest, separated by tabs.
 */
public sealed interface Entry {

  /** Returns when it was written, see {@link Stamps}. */
  long at();

  /**
   * The queue accepted an event.
   *
   * @param at when
   * @param id the event
   */
  record Published(long at, String id) implements Entry {}

  /**
   * The queue may have accepted an event; its answer was lost.
   *
   * @param at when
   * @param id the event
   */
  record Unclear(long at, String id) implements Entry {}

  /**
   * An attempt started.
   *
   * @param at when its handler was about to be called
   * @param id the event
   * @param takenAt when it was taken, by the clock of Redis
   */
  record Started(long at, String id, long takenAt) implements Entry {}

  /**
   * A handler has returned, but the end of its attempt is not recorded yet.
   *
   * @param at when
   * @param id the event
   */
  record Handled(long at, String id) implements Entry {}

  /**
   * A call without an event was permitted under named limits, like an attempt with this id.
   *
   * @param at when
   * @param id the id of the call
   * @param takenAt when it was permitted, by the clock of Redis
   */
  record Called(long at, String id, long takenAt) implements Entry {}

  /**
   * An attempt has ended.
   *
   * @param at when
   * @param id the event
   * @param outcome {@code done}, {@code failed}, or anything else if the event will be retried
   * @param counted whether the queue accepted the outcome
   */
  record Ended(long at, String id, String outcome, boolean counted) implements Entry {

    boolean isFinal() {
      return outcome.equals("done") || outcome.equals("failed");
    }
  }

  /**
   * The engine's health, when it changed.
   *
   * @param at when
   * @param status the verdict: {@code UP} if all is well
   * @param reasons why
   */
  record Health(long at, String status, String reasons) implements Entry {}

  /**
   * The number of events that the queue itself reports as missing.
   *
   * @param at when it was asked
   * @param missing the number of missing events
   */
  record Missing(long at, long missing) implements Entry {}

  /**
   * A change of the limit was requested; from now on, it may be in force.
   *
   * @param at when
   * @param permits the permits per window
   */
  record LimitAsked(long at, int permits) implements Entry {}

  /**
   * The change was made: no earlier limit is in force any more.
   *
   * @param at when
   * @param permits the permits per window
   */
  record LimitChanged(long at, int permits) implements Entry {}

  /** Returns the line, without its end. */
  default String line() {
    List<Object> fields;
    if (this instanceof Published e) {
      fields = List.of(e.at, "published", e.id);
    } else if (this instanceof Unclear e) {
      fields = List.of(e.at, "unclear", e.id);
    } else if (this instanceof Started e) {
      fields = List.of(e.at, "started", e.id, e.takenAt);
    } else if (this instanceof Handled e) {
      fields = List.of(e.at, "handled", e.id);
    } else if (this instanceof Called e) {
      fields = List.of(e.at, "called", e.id, e.takenAt);
    } else if (this instanceof Ended e) {
      fields = List.of(e.at, "ended", e.id, e.outcome, e.counted);
    } else if (this instanceof Health e) {
      fields = List.of(e.at, "health", e.status, e.reasons.replaceAll("\\s+", " "));
    } else if (this instanceof Missing e) {
      fields = List.of(e.at, "missing", e.missing);
    } else if (this instanceof LimitAsked e) {
      fields = List.of(e.at, "asked", e.permits);
    } else {
      LimitChanged e = (LimitChanged) this;
      fields = List.of(e.at, "changed", e.permits);
    }
    return String.join("\t", fields.stream().map(Object::toString).toList());
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static Entry parse(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length < 3) {
      throw new IllegalArgumentException("no entry of a journal: " + line);
    }
    long at = Long.parseLong(fields[0]);
    return switch (fields[1]) {
      case "published" -> new Published(at, fields[2]);
      case "unclear" -> new Unclear(at, fields[2]);
      case "started" -> new Started(at, fields[2], Long.parseLong(fields[3]));
      case "handled" -> new Handled(at, fields[2]);
      case "called" -> new Called(at, fields[2], Long.parseLong(fields[3]));
      case "ended" -> new Ended(at, fields[2], fields[3], Boolean.parseBoolean(fields[4]));
      case "health" -> new Health(at, fields[2], fields[3]);
      case "missing" -> new Missing(at, Long.parseLong(fields[2]));
      case "asked" -> new LimitAsked(at, Integer.parseInt(fields[2]));
      case "changed" -> new LimitChanged(at, Integer.parseInt(fields[2]));
      default -> throw new IllegalArgumentException("no entry of a journal: " + line);
    };
  }
}
