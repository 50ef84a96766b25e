package io.ratelimit.redis.internal.calls;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;

/** Changes waiting events. Thread-safe. */
public final class Amender {

  private final Session session;
  private final ChangeListeners listeners;

  public Amender(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  public Amendment cancel(String id) {
    return amendment(
        session
            .store()
            .run(
                Script.CANCEL,
                "the event may have been canceled; canceling it again is safe",
                requireNonNull(id, "id"),
                session.channel(),
                session.client()));
  }

  public Amendment reprioritize(String id, Priority priority) {
    return amendment(
        session
            .store()
            .run(
                Script.REPRIORITIZE,
                "the event may have its new priority; changing it again is safe",
                requireNonNull(id, "id"),
                priority.rank(),
                session.channel(),
                session.client()));
  }

  private Amendment amendment(Object reply) {
    if (reply.equals(1L)) {
      listeners.tell();
      return Amendment.MADE;
    }
    return reply.equals(0L) ? Amendment.LEASED : Amendment.NOT_FOUND;
  }
}
