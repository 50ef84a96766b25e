package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The result of {@link EventQueue#ackAndTake}: everything that is known, even if a part failed.
 *
 * @param acked the settlements of the leases, in their order; those after the last one are unknown,
 *     and acknowledging them again is safe; unmodifiable
 * @param taken what was taken; empty if that is unknown, and taking again with the same request is
 *     safe
 * @param failure why something is not known
 */
public record AckedAndTaken(
    List<Settlement> acked, Optional<TakeResult> taken, Optional<RuntimeException> failure) {

  /**
   * Copies the settlements.
   *
   * @throws IllegalArgumentException if there is neither what was taken nor a failure, or both
   */
  public AckedAndTaken {
    acked = List.copyOf(acked);
    if (taken.isPresent() == failure.isPresent()) {
      throw new IllegalArgumentException(
          "either it is known what was taken, or why it is not: " + taken + ", " + failure);
    }
  }

  /**
   * Acknowledges one lease after the other and then takes, until something throws a {@link
   * RuntimeException}.
   *
   * @param leases what to acknowledge
   * @param ack acknowledges one
   * @param take takes; not called if an acknowledgement failed
   */
  public static AckedAndTaken inTurn(
      Collection<Lease> leases, Function<Lease, Settlement> ack, Supplier<TakeResult> take) {
    List<Settlement> acked = new ArrayList<>(leases.size());
    try {
      for (Lease lease : leases) {
        acked.add(requireNonNull(ack.apply(lease), "settlement"));
      }
      return new AckedAndTaken(acked, Optional.of(take.get()), Optional.empty());
    } catch (RuntimeException failure) {
      return new AckedAndTaken(acked, Optional.empty(), Optional.of(failure));
    }
  }
}
