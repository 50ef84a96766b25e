package io.ratelimit.core.scaling;

/**
 * How confidently a deadline must be met: the share of all rounds that meet it.
 *
 * @param share {@value #LEAST} to {@value #MOST}
 */
public record Confidence(double share) {

  /** 99.9 %: one round of a thousand may be late. */
  public static final Confidence DEFAULT = new Confidence(0.999);

  private static final double LEAST = 0.5;
  private static final double MOST = 0.99999;

  /**
   * Creates a confidence.
   *
   * @throws IllegalArgumentException if the share is outside its range or not a number
   */
  public Confidence {
    if (!(share >= LEAST && share <= MOST)) {
      throw new IllegalArgumentException(
          "confidence must be " + LEAST + " to " + MOST + " but is " + share);
    }
  }

  /** Returns the share of all rounds that may be late. */
  public double risk() {
    return 1 - share;
  }
}
