package io.ratelimit.core.limit;

import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import java.util.List;
import java.util.OptionalInt;

/**
 * Converts limits to and from text for a store. A change of the form needs a new version of each.
 */
final class LimitForms {

  static final int VERSION = 1;

  // A limit is written as numbers: its text form omits defaults, which may change.
  static void write(FormWriter form, RateLimit limit) {
    form.number(limit.permits())
        .number(Micros.of(limit.period()))
        .number(limit.burst())
        .number(Micros.of(limit.margin()));
  }

  static RateLimit limit(FormReader form) {
    return new RateLimit(
        form.integer(),
        Micros.toDuration(form.number()),
        form.integer(),
        Micros.toDuration(form.number()));
  }

  static void write(FormWriter form, List<RateLimit> windows) {
    form.list(windows, window -> write(form, window));
  }

  static List<RateLimit> windows(FormReader form) {
    return form.list(() -> limit(form));
  }

  static void write(FormWriter form, Pace pace) {
    form.number(pace.micros()).number(pace.numerator());
  }

  static Pace pace(FormReader form) {
    return new Pace(form.number(), form.number());
  }

  static void write(FormWriter form, LimitSettings settings) {
    write(form, settings.normal());
    form.optional(settings.ceiling(), ceiling -> write(form, ceiling))
        .list(
            settings.demands(),
            demand -> {
              form.text(demand.owner());
              write(form, demand.limit());
              form.instant(demand.until());
            })
        .optional(settings.pause(), pause -> form.optional(pause.until(), form::instant))
        .number(settings.version());
  }

  static LimitSettings settings(FormReader form) {
    return new LimitSettings(
        limit(form),
        form.optional(() -> limit(form)),
        form.list(() -> new Demand(form.text(), limit(form), form.instant())),
        form.optional(() -> new Pause(form.optional(form::instant))),
        form.number());
  }

  static void write(FormWriter form, LargestWindows windows) {
    form.optional(windows.unknownUntil(), form::instant)
        .list(windows.peaks(), peak -> form.instant(peak.at()).number(peak.permits()));
  }

  static LargestWindows largest(FormReader form) {
    return new LargestWindows(
        form.optional(form::instant),
        form.list(() -> new LargestWindows.Peak(form.instant(), form.number())));
  }

  static void write(FormWriter form, DensestRun run) {
    form.number(run.at())
        .number(run.burst())
        .number(run.windowMicros())
        .number(run.permits())
        .number(run.size());
  }

  static DensestRun run(FormReader form) {
    return new DensestRun(
        form.number(), form.integer(), form.number(), form.integer(), form.integer());
  }

  static void write(FormWriter form, KeyPattern keys) {
    form.text(keys.pattern());
  }

  static void write(FormWriter form, NamedLimitSettings settings) {
    NamedLimit limit = settings.limit();
    form.text(limit.name());
    write(form, limit.windows());
    form.number(limit.maxInFlight().orElse(0)).flag(limit.retriesHold());
    write(form, limit.ceiling());
    form.list(
        settings.overrides(),
        override -> {
          write(form, override.keys());
          write(form, override.windows());
        });
    form.list(
        settings.demands(),
        demand -> {
          write(form, demand.keys());
          form.text(demand.owner());
          write(form, demand.windows());
          form.instant(demand.until());
        });
  }

  static NamedLimitSettings named(FormReader form) {
    String name = form.text();
    List<RateLimit> windows = windows(form);
    int most = form.integer();
    NamedLimit limit =
        new NamedLimit(
            name,
            windows,
            most == 0 ? OptionalInt.empty() : OptionalInt.of(most),
            form.flag(),
            windows(form));
    return new NamedLimitSettings(
        limit,
        form.list(() -> new LimitOverride(new KeyPattern(name, form.text()), windows(form))),
        form.list(
            () ->
                new NamedDemand(
                    new KeyPattern(name, form.text()),
                    form.text(),
                    windows(form),
                    form.instant())));
  }

  private LimitForms() {}
}
