package io.ratelimit.http.feedback;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.AnswerListener;
import io.ratelimit.http.answer.Verdict;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds an API's quota back into a queue's limit, for all processes: lowers the limit to what the
 * API allows, pauses if nothing is left, and raises the limit again, step by step, after a quiet
 * time. The limit never gets faster than the one that somebody set. Pass it to {@link
 * HttpAuditHandler.Builder#onAnswer} in each process with a handler.
 *
 * <p>It changes only the normal limit. The API must also allow the emergency limit, if there is
 * one.
 *
 * <p>Thread-safe. Reads the queue's settings once for each answer. Never throws: an unreachable
 * queue does not make a completed audit fail.
 */
public final class QuotaFeedback implements AnswerListener {

  /** The quiet time by default. */
  public static final Duration QUIET = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(QuotaFeedback.class);

  private final LimitControl control;
  private final QuotaPolicy policy;
  private QuotaState state;

  private QuotaFeedback(LimitControl control, QuotaPolicy policy, RateLimit configured) {
    this.control = requireNonNull(control, "control");
    this.policy = policy;
    this.state = QuotaState.of(configured);
  }

  /**
   * Creates feedback with a {@linkplain #QUIET quiet time} of a minute.
   *
   * @param control the control of the queue's limit
   * @param configured the intended limit, with which the queue was created
   */
  public static QuotaFeedback into(LimitControl control, RateLimit configured) {
    return new QuotaFeedback(control, new QuotaPolicy(QUIET), configured);
  }

  /**
   * Returns new feedback with another quiet time.
   *
   * @param quiet how long without a change or a refusal until the limit rises by half: more than
   *     zero
   * @throws IllegalArgumentException if it is not more than zero
   */
  public QuotaFeedback withQuiet(Duration quiet) {
    QuotaPolicy policy = new QuotaPolicy(Requirements.positive("quiet time", quiet));
    return new QuotaFeedback(control, policy, state().ceiling());
  }

  private synchronized QuotaState state() {
    return state;
  }

  @Override
  public void answered(Answer answer, Verdict verdict) {
    try {
      decide(answer, verdict);
    } catch (QueueException unreachable) {
      LOG.warn(
          "The limit stays as it is: {}", Printable.text(String.valueOf(unreachable.getMessage())));
    }
  }

  private synchronized void decide(Answer answer, Verdict verdict) {
    QuotaPolicy.Decision decision = policy.decide(state, control.settings(), answer, verdict);
    decision.actions().forEach(action -> perform(action, answer));
    state = decision.state();
  }

  private void perform(QuotaAction action, Answer answer) {
    action.apply(control);
    LOG.info("The API answered {}: {}", answer.status(), action);
  }
}
