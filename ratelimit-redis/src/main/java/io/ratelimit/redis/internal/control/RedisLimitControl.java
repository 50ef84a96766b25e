package io.ratelimit.redis.internal.control;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.time.Duration;

/** The limit of a queue in Redis. */
public final class RedisLimitControl implements LimitControl {

  private static final String CHANGE_LOST =
      "the limit may have been changed; repeating the change has no further effect";
  private static final String NONE = "";

  private final Session session;
  private final ChangeListeners listeners;

  public RedisLimitControl(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  @Override
  public LimitSettings settings() {
    return session.limited(Script.SETTINGS, Session.READ_ONLY).settings();
  }

  private LimitSettings change(String change, String limit, String micros, String owner) {
    long before = session.seenSettings().version();
    LimitedReply reply =
        session.limited(
            Script.CHANGE_LIMIT,
            CHANGE_LOST,
            session.channel(),
            session.client(),
            change,
            limit,
            micros,
            owner);
    if (reply.settings().version() != before) {
      listeners.tell();
    }
    return reply.settings();
  }

  @Override
  public LimitSettings changeLimit(RateLimit normal) {
    return change("normal", WireSettings.limit(normal), NONE, NONE);
  }

  /** Sets the normal limit, unless this version or a later one has been declared. */
  @CanIgnoreReturnValue
  public LimitSettings declare(RateLimit normal, long version) {
    return change("declare", WireSettings.limit(normal), Long.toString(version), NONE);
  }

  @Override
  public LimitSettings changeCeiling(RateLimit ceiling) {
    return change("ceiling", WireSettings.limit(ceiling), NONE, NONE);
  }

  @Override
  public LimitSettings removeCeiling() {
    return change("ceiling", NONE, NONE, NONE);
  }

  @Override
  public LimitSettings demand(String owner, RateLimit limit, Duration duration) {
    Requirements.positive("duration", duration);
    return change(
        "demand", WireSettings.limit(limit), micros(duration), WireSettings.owner(checked(owner)));
  }

  @Override
  public LimitSettings endDemand(String owner) {
    return change("calm", NONE, NONE, WireSettings.owner(checked(owner)));
  }

  private static String checked(String owner) {
    return Demand.requireOwner(owner);
  }

  @Override
  public LimitSettings pause() {
    return change("pause", NONE, "inf", NONE);
  }

  @Override
  public LimitSettings pauseFor(Duration duration) {
    Requirements.positive("duration", duration);
    return change("pause", NONE, micros(duration), NONE);
  }

  @Override
  public LimitSettings resume() {
    return change("resume", NONE, NONE, NONE);
  }

  private static String micros(Duration duration) {
    return Long.toString(Micros.ceiling(duration));
  }
}
