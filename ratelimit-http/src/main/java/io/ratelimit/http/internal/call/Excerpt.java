package io.ratelimit.http.internal.call;

import io.ratelimit.core.internal.check.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The beginning of a body for people: short, on one line, and printable. */
public final class Excerpt {

  private static final int LONGEST = 200;

  /**
   * Returns the beginning of a body.
   *
   * @param body of unknown origin and kind
   * @param withoutSecrets removes secrets
   */
  public static String of(byte[] body, Optional<UnaryOperator<String>> withoutSecrets) {
    String text = new String(body, StandardCharsets.UTF_8);
    String clean = withoutSecrets.map(each -> each.apply(text)).orElse(text);
    String line = clean.strip().replaceAll("\\s+", " ");
    return Printable.cut(line, LONGEST);
  }

  private Excerpt() {}
}
