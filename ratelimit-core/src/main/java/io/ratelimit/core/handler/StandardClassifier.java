package io.ratelimit.core.handler;

import io.ratelimit.core.event.PayloadException;
import io.ratelimit.core.internal.handler.Causes;
import io.ratelimit.core.internal.handler.KnownExceptions;
import java.util.List;
import java.util.Optional;

/** Classifies by the exceptions of this package first, then by those of well-known libraries. */
final class StandardClassifier implements FailureClassifier {

  static final StandardClassifier INSTANCE = new StandardClassifier();

  @Override
  public Failure classify(Throwable thrown) {
    List<Throwable> all = Causes.of(thrown);
    return all.stream()
        .filter(PauseEveryoneException.class::isInstance)
        .findFirst()
        .or(() -> all.stream().filter(PauseKeyException.class::isInstance).findFirst())
        .or(() -> all.stream().filter(StandardClassifier::decides).findFirst())
        .map(deciding -> ours(deciding, thrown))
        .or(() -> all.stream().flatMap(each -> known(each, thrown).stream()).findFirst())
        .orElseGet(
            () -> Failure.of(Failure.Reaction.RETRY, Causes.unwrapped(thrown), thrown, null));
  }

  private static boolean decides(Throwable each) {
    return each instanceof RetryAfterException
        || each instanceof PermanentFailureException
        || each instanceof PayloadException;
  }

  private static Failure ours(Throwable deciding, Throwable thrown) {
    if (deciding instanceof PauseEveryoneException pause) {
      return Failure.of(Failure.Reaction.PAUSE_EVERYONE, pause, thrown, pause.pause());
    }
    if (deciding instanceof PauseKeyException pause) {
      return Failure.pauseKey(pause.key(), pause.pause(), pause, thrown);
    }
    if (deciding instanceof RetryAfterException retry) {
      return Failure.of(Failure.Reaction.RETRY, retry, thrown, retry.delay());
    }
    return Failure.of(Failure.Reaction.FAIL, deciding, thrown, null);
  }

  private static Optional<Failure> known(Throwable each, Throwable thrown) {
    return KnownExceptions.pause(each)
        .map(pause -> Failure.of(Failure.Reaction.PAUSE_EVERYONE, each, thrown, pause))
        .or(
            () ->
                KnownExceptions.delay(each)
                    .map(delay -> Failure.of(Failure.Reaction.RETRY, each, thrown, delay)))
        .or(
            () ->
                KnownExceptions.isPermanent(each)
                    ? Optional.of(Failure.of(Failure.Reaction.FAIL, each, thrown, null))
                    : Optional.empty());
  }
}
