package io.ratelimit.temporal.internal.wire;

import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests to a worker or a manager. A request that is unreadable or has a value outside its
 * range is refused permanently, since a retry would not help.
 */
public final class Requests {

  /** The longest accepted name of a queue. */
  private static final int LONGEST_NAME = 1_000;

  /**
   * Reads a request.
   *
   * @throws ApplicationFailure of the type {@link ManagerTypes#UNREADABLE_REQUEST} if it cannot be
   *     understood; not retryable
   */
  public static <T> T read(@Nullable RawValue raw, Class<T> type) {
    try {
      return plausible(raw, type);
    } catch (IllegalArgumentException refused) {
      throw refused(type, String.valueOf(refused.getMessage()));
    }
  }

  /**
   * Reads a request for a caller that must not fail because of it.
   *
   * @throws IllegalArgumentException if it cannot be understood
   */
  public static <T> T plausible(@Nullable RawValue raw, Class<T> type) {
    T request;
    try {
      request = raw == null ? null : Json.read(raw, type);
    } catch (DataConverterException unreadable) {
      throw new IllegalArgumentException(because(unreadable), unreadable);
    }
    if (request == null) {
      throw new IllegalArgumentException("it is missing");
    }
    return Plausible.require(request);
  }

  /** Returns the name of the intended queue, if any. */
  public static Optional<String> name(@Nullable RawValue raw) {
    String name;
    try {
      name = raw == null ? null : Json.read(raw, String.class);
    } catch (DataConverterException unreadable) {
      throw refused(String.class, because(unreadable));
    }
    if (name != null && name.length() > LONGEST_NAME) {
      throw refused(String.class, "the name of a queue has " + name.length() + " characters");
    }
    return Optional.ofNullable(name);
  }

  private static String because(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private static ApplicationFailure refused(Class<?> type, String why) {
    return ApplicationFailure.newNonRetryableFailure(
        "this is no " + type.getSimpleName() + " that can be worked on: " + why,
        ManagerTypes.UNREADABLE_REQUEST);
  }

  private Requests() {}
}
