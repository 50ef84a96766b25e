package io.ratelimit.cli.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.watch.Managers;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerException;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets browsers control a queue and its managers: pause and resume the queue, change its limit,
 * change how many workers a manager may have, and stop a manager. Each change requires the token,
 * and is logged. Thread-safe.
 */
final class ControlPages {

  private static final Logger LOG = LoggerFactory.getLogger(ControlPages.class);

  private final Function<Context, PageQueue> queues;
  private final Optional<WebToken> token;

  /**
   * @param queues returns the queue of a request
   * @param token the token that browsers must send; if empty, nobody may change anything
   */
  ControlPages(Function<Context, PageQueue> queues, Optional<WebToken> token) {
    this.queues = queues;
    this.token = token;
  }

  /** Reports what was done, as a sentence. */
  private record Told(String told) {}

  void addTo(RoutesConfig routes) {
    routes.post("/api/queue/pause", this::pause);
    routes.post("/api/queue/resume", this::resume);
    routes.post("/api/queue/limit", this::changeLimit);
    routes.post("/api/manager/workers", this::setWorkers);
    routes.post("/api/manager/stop", this::stop);
    routes.exception(ManagerException.class, ControlPages::refused);
    routes.exception(IllegalArgumentException.class, ControlPages::misunderstood);
  }

  private static void refused(ManagerException refused, Context context) {
    Dashboard.json(
        context.status(HttpStatus.CONFLICT), new Dashboard.Refusal(Causes.told(refused)));
  }

  private static void misunderstood(IllegalArgumentException refused, Context context) {
    Dashboard.json(
        context.status(HttpStatus.BAD_REQUEST),
        new Dashboard.Refusal(String.valueOf(refused.getMessage())));
  }

  private void pause(Context context) {
    requireToken(context);
    PageQueue queue = queues.apply(context);
    LimitSettings unused = queue.queue().limitControl().pause();
    tell(
        context,
        "pauses queue " + Printable.quoted(queue.name()),
        "Nothing starts until it is resumed.");
  }

  private void resume(Context context) {
    requireToken(context);
    PageQueue queue = queues.apply(context);
    LimitSettings settings = queue.queue().limitControl().resume();
    tell(
        context,
        "resumes queue " + Printable.quoted(queue.name()),
        "Starts resume, at " + settings.normal() + ".");
  }

  private void changeLimit(Context context) {
    requireToken(context);
    RateLimit wanted = RateLimit.parse(parameter(context, "rate"));
    PageQueue queue = queues.apply(context);
    LimitSettings settings = queue.queue().limitControl().changeLimit(wanted);
    tell(
        context,
        "changes the limit of queue " + Printable.quoted(queue.name()) + " to " + settings.normal(),
        "The limit is " + settings.normal() + ".");
  }

  private void setWorkers(Context context) {
    requireToken(context);
    String id = parameter(context, "manager");
    int min = number(context, "min");
    int max = number(context, "max");
    WorkerRange range = managers(context).setWorkers(id, min, max);
    tell(
        context,
        "lets manager " + Printable.quoted(id) + " have " + range.min() + " to " + range.max(),
        "It may have " + range.min() + " to " + range.max() + " workers.");
  }

  private void stop(Context context) {
    requireToken(context);
    String id = parameter(context, "manager");
    var unused = managers(context).stop(id);
    tell(
        context,
        "stops manager " + Printable.quoted(id),
        "It is stopping; events in hand may finish.");
  }

  private static void tell(Context context, String logged, String told) {
    LOG.info("{} {}", context.ip(), logged);
    Dashboard.json(context, new Told(told));
  }

  private Managers managers(Context context) {
    return queues
        .apply(context)
        .managers()
        .orElseThrow(
            () -> new IllegalArgumentException("no Temporal server is known here: see --manager"));
  }

  private static String parameter(Context context, String name) {
    String text = context.queryParam(name);
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException(name + " must be given");
    }
    return text;
  }

  private static int number(Context context, String name) {
    String text = parameter(context, name);
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException none) {
      throw new IllegalArgumentException(
          name + " must be a number but is " + Printable.quoted(text), none);
    }
  }

  private void requireToken(Context context) {
    token
        .orElseThrow(() -> new ForbiddenResponse("This page is read-only: see --web-token."))
        .require(context);
  }
}
