package io.ratelimit.cli.round;

import io.ratelimit.cli.option.RoundOptions;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link Plan} in sentences. */
public final class PlanText {

  private static final int LABEL_WIDTH = 12;
  private static final int WIDEST = 100;

  /** Shorter waits are the normal pace. */
  private static final Duration WORTH_SAYING = Duration.ofSeconds(1);

  private final Plan plan;
  private final PlanRequest request;
  private final Terminal terminal;

  public PlanText(Plan plan, Terminal terminal) {
    this.plan = plan;
    this.request = plan.request();
    this.terminal = terminal;
  }

  /** Returns the whole text. */
  List<String> all() {
    List<String> lines = new ArrayList<>(round());
    lines.addAll(paragraph("At " + own(), atLimit()));
    lines.addAll(paragraph("Workers", workers()));
    lines.addAll(limits());
    lines.addAll(paragraph("Needed", needed()));
    lines.addAll(paragraph("Emergency", emergency()));
    lines.addAll(outlook());
    return lines;
  }

  /** Returns a paragraph in the style of the plan. */
  public List<String> paragraph(String label, String text) {
    int width = Math.min(WIDEST, terminal.width().getAsInt());
    return Texts.paragraph(label, labelWidth(label), text, width);
  }

  private static int labelWidth(String label) {
    return Math.max(LABEL_WIDTH, label.length() + 2);
  }

  /** Describes the planned round. */
  public List<String> round() {
    return paragraph(
        "Round",
        work()
            + ", in "
            + Texts.duration(request.terms().deadline())
            + " with a confidence of "
            + Texts.asked(request.terms().confidence())
            + ", at "
            + own()
            + request.terms().emergencyLimit().map(limit -> " (emergency " + limit + ")").orElse("")
            + " with "
            + workerRange()
            + "."
            + expectations());
  }

  private String work() {
    Backlog backlog = request.backlog();
    List<EventType> types = backlog.runs().stream().map(Backlog.Run::type).distinct().toList();
    double permits = backlog.workload().permits();
    String events =
        Texts.count(backlog.events(), "event")
            + (permits == backlog.events()
                ? ""
                : " that cost " + Texts.number(permits) + " permits,");
    return types.size() == 1
        ? events + " of " + Texts.duration(types.get(0).processingTime())
        : events
            + " of "
            + types.size()
            + " types, "
            + Texts.number(backlog.workload().meanSeconds())
            + " s on average";
  }

  private String workerRange() {
    int min = request.terms().workers().min();
    int max = request.terms().workers().max();
    return min == max ? Texts.count(max, "worker") : min + " to " + max + " workers";
  }

  private String expectations() {
    Expectations expected = request.terms().expectations();
    StringBuilder text = new StringBuilder();
    if (expected.failureRate() > 0) {
      text.append(" ")
          .append(Texts.percent(expected.failureRate()))
          .append(" of attempts fail, up to ")
          .append(expected.retries() == 1 ? "1 retry." : expected.retries() + " retries.");
    }
    if (expected.slowRate() > 0) {
      text.append(" ")
          .append(Texts.percent(expected.slowRate()))
          .append(" take ")
          .append(Texts.number(expected.slowFactor()))
          .append(" times as long.");
    }
    return text.toString();
  }

  private String atLimit() {
    return "The last attempt starts after "
        + Texts.duration(plan.lastStart())
        + " and ends after "
        + Texts.duration(plan.finish())
        + ", "
        + distance(plan.finish())
        + ". "
        + switch (plan.bottleneck()) {
          case RATE ->
              plan.binding()
                      .map(key -> "The limit " + key + " is the bottleneck")
                      .orElse("The limit is the bottleneck")
                  + ": more workers would only wait.";
          case WORKERS -> "The workers are the bottleneck: the limit allows more than they do.";
          case WORK -> "Nothing holds it back too much.";
        }
        + confidence(plan.confidenceAtLimit());
  }

  /** Describes the queue's own limit, or says that only named limits apply. */
  private String own() {
    return isNone() ? "the limits named" : request.limit().toString();
  }

  /** Returns whether the queue has no limit of its own. */
  private boolean isNone() {
    return plan.limits().size() > 1 && request.limit().equals(RoundOptions.NONE);
  }

  /** Describes each limit, if there are several. */
  private List<String> limits() {
    if (plan.limits().size() < 2) {
      return List.of();
    }
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"limit", "has", "costs", "done in", "needs", ""});
    for (Plan.OfLimit limit : plan.limits()) {
      if (limit.name().isEmpty() && isNone()) {
        continue;
      }
      rows.add(
          new String[] {
            limit.key().map(LimitKey::toString).or(limit::name).orElse("the queue's own"),
            windows(limit.windows()),
            Texts.number((double) limit.cost()),
            Texts.duration(limit.finish()),
            limit.needed().map(PlanText::windows).orElse("more time"),
            limit.binds() ? "binds" : ""
          });
    }
    List<String> lines = new ArrayList<>(List.of(""));
    int[] widths = new int[rows.get(0).length];
    rows.forEach(
        row -> {
          for (int i = 0; i < row.length; i++) {
            widths[i] = Math.max(widths[i], row[i].length());
          }
        });
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add("");
    return lines;
  }

  private static String windows(List<RateLimit> windows) {
    return windows.isEmpty()
        ? "-"
        : windows.stream().map(RateLimit::toString).collect(Collectors.joining(", "));
  }

  private String distance(Duration finish) {
    Duration left = request.terms().deadline().minus(finish);
    return left.isNegative()
        ? Texts.duration(left.negated()) + " too late"
        : Texts.duration(left) + " before the deadline";
  }

  private String workers() {
    return plan.optimalWorkers()
        + " at "
        + own()
        + ": the work takes "
        + plan.requiredWorkers()
        + " to be done in time, the limit can feed "
        + plan.rateLimitedWorkers()
        + ", and "
        + workerRange()
        + (request.terms().workers().max() == 1 ? " is allowed." : " are allowed.");
  }

  private String needed() {
    if (plan.neededLimit().isEmpty() && plan.limits().size() > 1) {
      return "No limit of the queue's own meets the deadline while the others are as they are; what"
          + " each of them needs by itself is above, and together they need somewhat more.";
    }
    if (plan.neededLimit().isEmpty()) {
      return "No limit meets the deadline: events that take about as long would have to start at"
          + " once. Give it more time.";
    }
    RateLimit limit = plan.neededLimit().get();
    String workers = Texts.count(plan.neededWorkers(), "worker");
    if (isNone()) {
      return workers
          + " meet"
          + (plan.neededWorkers() == 1 ? "s" : "")
          + " the deadline"
          + (plan.neededWorkers() > request.terms().workers().max()
              ? ", which is more than allowed."
              : ".")
          + confidence(plan.confidenceAtNeeded());
    }
    return "The lowest limit that meets the deadline is "
        + limit
        + ", with "
        + workers
        + (plan.neededWorkers() > request.terms().workers().max()
            ? ", which is more than allowed."
            : ".")
        + confidence(plan.confidenceAtNeeded());
  }

  private String emergency() {
    if (plan.feasibleAtLimit()) {
      return "Not needed.";
    }
    boolean raisesNamed =
        request.backlog().loads().stream()
            .anyMatch(load -> !load.settings().limit().ceiling().isEmpty());
    if (request.terms().emergencyLimit().isEmpty() && !raisesNamed) {
      return "There is none (--emergency-limit). At the deadline "
          + Texts.count(plan.shortfall(), "attempt")
          + " would not be done.";
    }
    String start =
        "At "
            + request.terms().emergencyLimit().map(RateLimit::toString).orElse(own())
            + (raisesNamed ? " and the ceilings of named limits" : "")
            + " from the start, the last attempt ends after "
            + Texts.duration(plan.emergencyFinish())
            + ", "
            + distance(plan.emergencyFinish())
            + "."
            + confidence(plan.confidenceWithEmergency());
    return plan.latestEmergencyStart()
        .map(
            latest ->
                start
                    + " To be in time, the limit must be raised within the first "
                    + Texts.duration(latest)
                    + ".")
        .orElseGet(
            () ->
                start
                    + " At the deadline "
                    + Texts.count(plan.shortfall(), "attempt")
                    + " would not be done.");
  }

  /** Says whether the round can be done. */
  public List<String> outlook() {
    return styled(style(), verdict());
  }

  private List<String> styled(Style style, String text) {
    String label = "Outlook";
    return paragraph(label, text).stream()
        .map(
            line ->
                line.substring(0, labelWidth(label))
                    + terminal.styled(style, line.substring(labelWidth(label))))
        .toList();
  }

  /**
   * Says whether the round can be done if it begins now in a queue with a past: a time without
   * starts is missing from the deadline, and events that are already pending are not counted, which
   * only makes it worse.
   */
  public List<String> outlook(QueueStats queue) {
    if (queue.limit().pause().filter(pause -> pause.until().isEmpty()).isPresent()) {
      return styled(
          Style.YELLOW,
          "Starts are paused: until they are resumed, it is unknown whether the"
              + " deadline will be met.");
    }
    Duration held =
        queue
            .nextStart()
            .map(next -> Duration.between(queue.observedAt(), next))
            .filter(wait -> wait.compareTo(WORTH_SAYING) > 0)
            .orElse(Duration.ZERO);
    Duration left = request.terms().deadline().minus(held);
    String hold = held.isZero() ? "" : "Nothing starts for the first " + Texts.tenths(held) + ". ";
    String others =
        queue.unfinished() == 0
            ? ""
            : " That is without the "
                + Texts.count(queue.unfinished(), "event")
                + " in the queue already.";
    if (left.compareTo(longest()) < 0) {
      return styled(Style.RED, hold + "The deadline is missed, whatever the limit." + others);
    }
    PlanRequest rest =
        new PlanRequest(request.backlog(), request.limit(), request.terms().withDeadline(left));
    PlanText text = held.isZero() ? this : new PlanText(Planner.plan(rest), terminal);
    Style style = others.isEmpty() || text.style() != Style.GREEN ? text.style() : Style.YELLOW;
    return styled(style, hold + text.verdict() + others);
  }

  private Duration longest() {
    return request.backlog().runs().stream()
        .map(run -> run.type().processingTime())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private Style style() {
    return plan.feasibleAtLimit()
        ? Style.GREEN
        : plan.feasibleWithEmergency() ? Style.YELLOW : Style.RED;
  }

  private String verdict() {
    if (plan.feasibleAtLimit()) {
      return "The deadline is met at " + own() + with(plan.confidenceAtLimit()) + ".";
    }
    String late =
        plan.binding().map(LimitKey::toString).orElse(own())
            + " takes "
            + Texts.duration(plan.finish())
            + ", which is too long";
    if (plan.feasibleWithEmergency() && plan.neededLimit().isEmpty()) {
      return late + "; the deadline is met if named limits are raised in time.";
    }
    if (plan.feasibleWithEmergency()) {
      return late
          + "; the deadline is met"
          + with(plan.confidenceAtNeeded())
          + " if the limit is raised to "
          + plan.neededLimit().map(limit -> limit + " or more").orElse("more")
          + " in time.";
    }
    return late
        + "; the deadline is missed"
        + remedy()
        + confidence(plan.confidenceWithEmergency());
  }

  /** Returns the confidence; empty if nothing is left to chance. */
  private String with(double confidence) {
    return request.terms().expectations().areCertain()
        ? ""
        : " with " + Texts.confidence(confidence);
  }

  /** Returns the share of rounds in time; empty if nothing is left to chance. */
  private String confidence(double share) {
    return request.terms().expectations().areCertain()
        ? ""
        : " Of such rounds " + Texts.confidence(share) + " are in time.";
  }

  private String remedy() {
    if (plan.neededLimit().isEmpty()) {
      return plan.limits().size() > 1 ? ": raise the limits that bind." : " at any limit.";
    }
    if (plan.neededWorkers() > request.terms().workers().max()
        && plan.bottleneck() == Constraint.WORKERS) {
      return " for lack of workers: raise --max-workers to " + plan.neededWorkers() + ".";
    }
    return ": it takes "
        + plan.neededLimit().get()
        + " and "
        + Texts.count(plan.neededWorkers(), "worker")
        + ", or more time.";
  }
}
