package io.ratelimit.cli.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.Header;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The secret that a request must know to change anything. It comes in the {@code Authorization}
 * header, which, unlike a cookie, browsers do not send by themselves. Immutable.
 */
public final class WebToken {

  private static final String SCHEME = "Bearer ";
  private static final int RANDOM_BYTES = 24;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~-]{16,200}");

  private final String text;

  private WebToken(String text) {
    this.text = text;
  }

  /**
   * Returns a token that somebody chose.
   *
   * @throws IllegalArgumentException if it is too short, or needs escaping in a URL
   */
  public static WebToken of(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be 16 to 200 characters from A-Z a-z 0-9 . _ ~ - but has " + text.length());
    }
    return new WebToken(text);
  }

  /** Returns a token that nobody can guess. */
  public static WebToken random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new WebToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Lets a request pass only if it knows the token.
   *
   * @throws ForbiddenResponse if it does not
   */
  public void require(Context context) {
    String given = context.header(Header.AUTHORIZATION);
    // Takes the same time wherever the first difference is.
    if (given == null
        || !MessageDigest.isEqual(given.getBytes(UTF_8), (SCHEME + text).getBytes(UTF_8))) {
      throw new ForbiddenResponse("This needs the token that the program was started with.");
    }
  }

  /** Returns the secret. */
  public String secret() {
    return text;
  }

  /** Hides the secret. */
  @Override
  public String toString() {
    return "WebToken[…]";
  }
}
