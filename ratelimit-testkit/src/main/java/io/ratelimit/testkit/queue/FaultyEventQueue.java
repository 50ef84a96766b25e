package io.ratelimit.testkit.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A queue that injects faults in front of another queue: an unreachable store, a lost answer, a
 * slow call, a lost lease.
 *
 * <p>Each fault affects one call, counted from now on: 1 is the next call of its kind. Thread-safe.
 */
public final class FaultyEventQueue extends ForwardingEventQueue {

  /** Which calls can fail. */
  public enum Call {
    /** {@link EventQueue#publish}. */
    PUBLISH,
    /** {@link EventQueue#take}. */
    TAKE,
    /** {@link EventQueue#acquire}. */
    ACQUIRE,
    /** {@link EventQueue#correct}. */
    CORRECT,
    /** {@link EventQueue#ack}. */
    ACK,
    /** {@link EventQueue#retry}. */
    RETRY,
    /** {@link EventQueue#fail}. */
    FAIL,
    /** {@link EventQueue#release}. */
    RELEASE,
    /** {@link EventQueue#extend}. */
    EXTEND,
    /** {@link EventQueue#stats}. */
    STATS
  }

  /** What to do around a call. */
  private interface Fault {
    <T> T around(Supplier<T> call, @Nullable Lease lease);
  }

  // Both guarded by this.
  private final Map<Call, Long> counts = new EnumMap<>(Call.class);
  private final Map<Call, Map<Long, Fault>> faults = new EnumMap<>(Call.class);
  private volatile boolean down;

  private FaultyEventQueue(EventQueue queue) {
    super(queue);
  }

  /** Returns a queue that behaves like the given one until a fault is set. */
  public static FaultyEventQueue over(EventQueue queue) {
    return new FaultyEventQueue(queue);
  }

  /**
   * Makes a call throw a {@link QueueUnavailableException} and do nothing.
   *
   * @param nth from 1
   * @throws IllegalArgumentException if it is less
   */
  @CanIgnoreReturnValue
  public FaultyEventQueue refuse(Call call, int nth) {
    return on(
        call,
        nth,
        new Fault() {
          @Override
          public <T> T around(Supplier<T> actual, @Nullable Lease lease) {
            throw unavailable("refused, as the test requested");
          }
        });
  }

  /**
   * Makes a call take effect, but throw a {@link QueueUnavailableException} anyway.
   *
   * @param nth from 1
   * @throws IllegalArgumentException if it is less
   */
  @CanIgnoreReturnValue
  public FaultyEventQueue loseAnswer(Call call, int nth) {
    return on(
        call,
        nth,
        new Fault() {
          @Override
          public <T> T around(Supplier<T> actual, @Nullable Lease lease) {
            T unused = actual.get();
            throw unavailable("done, but the answer is lost, as the test requested");
          }
        });
  }

  /**
   * Delays a call, in the queue's time, before it does anything.
   *
   * @param nth from 1
   * @throws IllegalArgumentException if it is less
   */
  @CanIgnoreReturnValue
  public FaultyEventQueue delay(Call call, int nth, Duration delay) {
    requireNonNull(delay, "delay");
    return on(
        call,
        nth,
        new Fault() {
          @Override
          public <T> T around(Supplier<T> actual, @Nullable Lease lease) {
            try {
              time().sleep(delay);
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
              throw new QueueUnavailableException("interrupted in a slow call", interrupted);
            }
            return actual.get();
          }
        });
  }

  /**
   * Makes a call come too late: its lease is lost, and the event waits for the next take.
   *
   * @param call a call with a lease
   * @param nth from 1
   * @throws IllegalArgumentException if it is less, or if the call has no lease
   */
  @CanIgnoreReturnValue
  public FaultyEventQueue loseLease(Call call, int nth) {
    switch (call) {
      case ACK, RETRY, FAIL, RELEASE, EXTEND -> {}
      default -> throw new IllegalArgumentException("the call " + call + " has no lease");
    }
    return on(
        call,
        nth,
        new Fault() {
          @Override
          public <T> T around(Supplier<T> actual, @Nullable Lease lease) {
            Settlement unused = queue().release(requireNonNull(lease));
            return actual.get();
          }
        });
  }

  /** Sets whether every call throws a {@link QueueUnavailableException} from now on. */
  public void setDown(boolean isDown) {
    this.down = isDown;
  }

  /** Returns how many such calls there were, whatever their result. */
  public synchronized long calls(Call call) {
    return counts.getOrDefault(call, 0L);
  }

  private synchronized FaultyEventQueue on(Call call, int nth, Fault fault) {
    if (nth < 1) {
      throw new IllegalArgumentException("calls are counted from 1, but it is the call " + nth);
    }
    faults.computeIfAbsent(call, key -> new HashMap<>()).put(calls(call) + nth, fault);
    return this;
  }

  private synchronized Optional<Fault> next(Call call) {
    long number = counts.merge(call, 1L, Long::sum);
    return Optional.ofNullable(faults.getOrDefault(call, Map.of()).get(number));
  }

  private <T> T perform(Call call, @Nullable Lease lease, Supplier<T> actual) {
    Optional<Fault> fault = next(call);
    return unlessDown(() -> fault.isPresent() ? fault.get().around(actual, lease) : actual.get());
  }

  private <T> T unlessDown(Supplier<T> call) {
    if (down) {
      throw unavailable("unreachable, as the test requested");
    }
    return call.get();
  }

  private static QueueUnavailableException unavailable(String message) {
    return new QueueUnavailableException(message, new TimeoutException(message));
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    return perform(Call.PUBLISH, null, () -> super.publish(events, terms));
  }

  @Override
  public TakeResult take(TakeRequest request) {
    return perform(Call.TAKE, null, () -> super.take(request));
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    return perform(Call.ACQUIRE, null, () -> super.acquire(requests));
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    return perform(Call.CORRECT, lease, () -> super.correct(lease, costs));
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    return perform(Call.CORRECT, null, () -> super.correct(request, granted, cost));
  }

  @Override
  public Settlement ack(Lease lease) {
    return perform(Call.ACK, lease, () -> super.ack(lease));
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    return perform(Call.RETRY, lease, () -> super.retry(lease, delay, reason));
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    return perform(Call.FAIL, lease, () -> super.fail(lease, reason));
  }

  @Override
  public Settlement release(Lease lease) {
    return perform(Call.RELEASE, lease, () -> super.release(lease));
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    return perform(Call.EXTEND, lease, () -> super.extend(lease, duration));
  }

  @Override
  public QueueStats stats() {
    return perform(Call.STATS, null, super::stats);
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    return unlessDown(() -> super.peek(priority, afterSequence, max));
  }

  @Override
  public List<Lease> leases(int max) {
    return unlessDown(() -> super.leases(max));
  }

  @Override
  public Amendment cancel(String id) {
    return unlessDown(() -> super.cancel(id));
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    return unlessDown(() -> super.reprioritize(id, priority));
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    return unlessDown(() -> super.clear(scope));
  }

  @Override
  public FailedQueue failedQueue() {
    return unlessDown(super::failedQueue);
  }

  @Override
  public LimitControl limitControl() {
    return unlessDown(super::limitControl);
  }

  @Override
  public NamedLimitControl namedLimitControl() {
    return unlessDown(super::namedLimitControl);
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return unlessDown(() -> super.onChange(listener));
  }
}
