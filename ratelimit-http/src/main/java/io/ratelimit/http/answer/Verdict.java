package io.ratelimit.http.answer;

import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import java.time.Duration;

/** What an answer means for its event, and for all others. */
public sealed interface Verdict {

  /** Returns if the event is done, and throws what says otherwise. */
  void tell() throws Exception;

  /** The event is done. */
  record Done() implements Verdict {
    @Override
    public void tell() {}
  }

  /**
   * The attempt failed, and another is to be made as the queue's policy has it.
   *
   * @param reason what went wrong
   */
  record Retry(String reason) implements Verdict {
    @Override
    public void tell() throws AttemptFailedException {
      throw new AttemptFailedException(reason);
    }
  }

  /**
   * Nobody may ask for a time; the attempt does not count.
   *
   * @param duration more than zero
   * @param reason why
   */
  record Pause(Duration duration, String reason) implements Verdict {
    @Override
    public void tell() throws PauseEveryoneException {
      throw new PauseEveryoneException(duration, reason);
    }
  }

  /**
   * No other attempt makes sense.
   *
   * @param reason what went wrong
   */
  record Failed(String reason) implements Verdict {
    @Override
    public void tell() throws PermanentFailureException {
      throw new PermanentFailureException(reason);
    }
  }
}
