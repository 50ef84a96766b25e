package io.ratelimit.micrometer;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reports the contents of a queue, and its limit:
 *
 * <ul>
 *   <li>{@code ratelimit.queue.up}: 1 if the queue answered when it was last read, otherwise 0
 *   <li>{@code ratelimit.queue.events} by state, {@code ratelimit.queue.pending} by type and
 *       priority, {@code ratelimit.queue.oldest.pending.age}
 *   <li>{@code ratelimit.queue.published}, {@code .done}, {@code .discarded}, {@code .expired},
 *       {@code .replaced}, {@code .lost}, {@code .starts}, {@code .lease.expiries}: counters that
 *       the queue keeps, over all of its clients
 *   <li>{@code ratelimit.limit.permits}, {@code .window}, {@code .starts}, {@code .fill}, {@code
 *       .emergency}, {@code .paused}: the limit in force, and how much of it is spent
 * </ul>
 *
 * <p>The queue is read when a meter is read and the last reading is older than the interval: one
 * call for all meters, and none while no meter is read. Reading a meter never throws. A queue that
 * does not answer delays one reading per interval, for the patience; while it cannot be reached,
 * {@code up} is 0, every other gauge is {@code NaN}, never an old value, and the counters do not
 * change.
 *
 * <p>A type's series appear with the reading after the first one that finds it, and are 0 when none
 * of its events waits. The tag {@code type} has at most 100 values; others become {@code other}.
 *
 * <p>Every process that watches a queue reports the same values, so use the maximum over processes,
 * not the sum. The registry that it is bound to keeps a reference; closing it removes its meters.
 * Thread-safe.
 */
public final class QueueMetrics implements MeterBinder, AutoCloseable {

  private final String queueName;
  private final QueueSampler sampler;
  private final List<QueueMeters> bound = new CopyOnWriteArrayList<>();

  private QueueMetrics(Builder builder) {
    this.queueName = builder.queueName;
    this.sampler =
        new QueueSampler(builder.queueName, builder.queue, builder.interval, builder.patience);
  }

  /** Returns the metrics of a queue, which is read at most once a second. */
  public static QueueMetrics of(String queueName, EventQueue queue) {
    return builder(queueName, queue).build();
  }

  /**
   * Prepares the metrics of a queue. Closing the metrics leaves the queue open.
   *
   * @param queueName the value of the meters' tag {@code queue}
   */
  public static Builder builder(String queueName, EventQueue queue) {
    return new Builder(queueName, queue);
  }

  /** Configures the metrics. Not thread-safe. */
  public static final class Builder {
    private final String queueName;
    private final EventQueue queue;
    private Duration interval = Duration.ofSeconds(1);
    private Duration patience = Duration.ofSeconds(1);

    private Builder(String queueName, EventQueue queue) {
      this.queueName = requireNonNull(queueName, "queueName");
      this.queue = requireNonNull(queue, "queue");
    }

    /**
     * Sets how old a reading may be, by the queue's time; 1 s by default. It bounds how often the
     * store is read.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder interval(Duration newInterval) {
      this.interval = Requirements.positive("interval", newInterval);
      return this;
    }

    /**
     * Sets how long a reading waits for the queue, in real time; 1 s by default. Other readers in
     * the meantime do not wait longer either.
     *
     * @throws IllegalArgumentException if the patience is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder patience(Duration newPatience) {
      this.patience = Requirements.positive("patience", newPatience);
      return this;
    }

    /** Creates the metrics; the queue is not read before they are bound and read. */
    public QueueMetrics build() {
      return new QueueMetrics(this);
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    QueueMeters meters = new QueueMeters(registry, queueName, sampler);
    bound.add(meters);
    meters.register();
  }

  /** Removes the meters from their registries, and looks at the queue no more. */
  @Override
  public void close() {
    sampler.close();
    bound.forEach(QueueMeters::remove);
    bound.clear();
  }
}
