package io.ratelimit.redis.internal.control;

import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;

/**
 * Clears a queue step by step, so that Redis can answer others in between. Events that are
 * published or return after the first step stay. Not thread-safe.
 */
public final class Clearing {

  private static final String IF_LOST = "some events may have been discarded; the others stay";

  private final Session session;
  private final ClearScope scope;
  private final int atOnce;
  private String bound = "";
  private String number = "";
  private long pending;
  private long delayed;
  private long failed;

  /**
   * @param atOnce how many events one step discards
   */
  public Clearing(Session session, ClearScope scope, int atOnce) {
    this.session = session;
    this.scope = scope;
    this.atOnce = atOnce;
  }

  /** Makes a step, and returns whether there may be more to discard. */
  public boolean step() {
    Reply reply =
        session
            .store()
            .query(
                Script.CLEAR,
                IF_LOST,
                session.clock(),
                scope,
                atOnce,
                bound,
                number,
                session.channel(),
                session.client());
    bound = Long.toString(reply.number());
    number = Long.toString(reply.number());
    pending += reply.number();
    delayed += reply.number();
    failed += reply.number();
    return reply.number() == 1;
  }

  /** Returns what has been discarded so far. */
  public ClearReceipt receipt() {
    return new ClearReceipt(pending, delayed, failed);
  }
}
