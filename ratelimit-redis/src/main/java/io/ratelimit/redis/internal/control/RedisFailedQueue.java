package io.ratelimit.redis.internal.control;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Rows;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.WireEvents;
import java.util.List;
import java.util.OptionalLong;

/** The failed queue of a queue in Redis. */
public final class RedisFailedQueue implements FailedQueue {

  private static final String REDRIVE_LOST =
      "events may have been brought back; repeating this brings none back twice";

  private final Session session;
  private final ChangeListeners listeners;

  public RedisFailedQueue(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  @Override
  public List<FailedEvent> page(long afterSequence, int max) {
    Pages.size(max);
    return Rows.read(
        max,
        rows ->
            ask(
                Script.FAILED_PAGE,
                rows.isEmpty() ? afterSequence : rows.get(rows.size() - 1).sequence(),
                max - rows.size()),
        WireEvents::failed);
  }

  @Override
  public List<FailedEvent> latest(int max) {
    Pages.size(max);
    return Rows.read(
        max, rows -> ask(Script.FAILED_LATEST, rows.size(), max - rows.size()), WireEvents::failed);
  }

  private Reply ask(Script script, long after, int max) {
    return session.store().query(script, Session.READ_ONLY, after, max);
  }

  @Override
  public Redrive redrive(long sequence) {
    RedriveReceipt receipt = redrive(sequence - 1, Long.toString(sequence), 1);
    if (receipt.redriven() > 0) {
      return Redrive.REDRIVEN;
    }
    if (receipt.duplicates() > 0) {
      return Redrive.DUPLICATE;
    }
    return receipt.unreadable() > 0 ? Redrive.UNREADABLE : Redrive.NOT_FOUND;
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    Pages.size(max);
    return redrive(afterSequence, "+inf", max);
  }

  private RedriveReceipt redrive(long after, String upTo, int max) {
    Reply reply =
        session
            .store()
            .query(
                Script.REDRIVE,
                REDRIVE_LOST,
                after,
                upTo,
                max,
                session.channel(),
                session.client());
    int redriven = (int) reply.number();
    int duplicates = (int) reply.number();
    int unreadable = (int) reply.number();
    OptionalLong next = reply.optionalNumber();
    if (redriven > 0) {
      listeners.tell();
    }
    return new RedriveReceipt(redriven, duplicates, unreadable, next);
  }

  @Override
  public boolean purge(long sequence) {
    return session
        .store()
        .run(Script.PURGE, "the event may have been discarded; check whether it was", sequence)
        .equals(1L);
  }
}
