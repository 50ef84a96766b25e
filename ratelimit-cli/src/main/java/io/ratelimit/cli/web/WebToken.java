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
 * What a request must know that changes something. It comes in the {@code Authorization} header,
 * which a browser, unlike a cookie, does not send along by itself. Immutable.
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
   * @throws IllegalArgumentException if it is too short, or cannot stand in a URL as it is
   */
  public static WebToken of(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be 16 to 200 characters from A-Z a-z 0-9 . _ ~ - but has " + text.length());
    }
    return new WebToken(text);
  }

  /** One that nobody can guess. */
  public static WebToken random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new WebToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Lets a request pass that knows the token.
   *
   * @throws ForbiddenResponse if it does not
   */
  public void require(Context context) {
    String given = context.header(Header.AUTHORIZATION);
    // Takes as long wherever the first difference is.
    if (given == null
        || !MessageDigest.isEqual(given.getBytes(UTF_8), (SCHEME + text).getBytes(UTF_8))) {
      throw new ForbiddenResponse("This needs the token that the program was started with.");
    }
  }

  /** Returns what is to be kept secret. */
  public String secret() {
    return text;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "WebToken[…]";
  }
}
