package io.ratelimit.http.request;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A secret that goes into one header field of every request, and nowhere else: it appears in no
 * message, exception or {@link #toString()}, and is removed from whatever an API sends back.
 * Immutable.
 */
public final class ApiToken {

  private static final String STRUCK_OUT = "***";
  private static final int SHORTEST_STRUCK_OUT = 4;
  private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,8192}");

  private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9-]{1,100}");

  private final String variable;
  private final String secret;
  private final String header;
  private final String scheme;

  private ApiToken(String variable, String secret, String header, String scheme) {
    this.variable = variable;
    this.secret = secret;
    this.header = header;
    this.scheme = scheme;
  }

  /**
   * Returns the value of an environment variable, to be sent as {@code Authorization: Bearer …}.
   *
   * @throws IllegalArgumentException if the variable is not set, or cannot be sent
   */
  public static ApiToken fromEnvironment(String variable) {
    return from(System.getenv(), variable);
  }

  public static ApiToken from(Map<String, String> environment, String variable) {
    String secret = environment.get(requireNonNull(variable, "variable"));
    if (secret == null || secret.isBlank()) {
      throw new IllegalArgumentException(
          "the environment variable " + variable + " must hold the API's token but is not set");
    }
    if (!SENDABLE.matcher(secret).matches()) {
      throw new IllegalArgumentException(
          "the environment variable "
              + variable
              + " must hold a token of visible ASCII characters, without blanks or line ends, but"
              + " holds something else");
    }
    return new ApiToken(variable, secret, "Authorization", "Bearer ");
  }

  /**
   * Returns this token, sent in a separate header field like {@code X-API-Key}.
   *
   * @throws IllegalArgumentException if this is not a valid header field name
   */
  public ApiToken inHeader(String name) {
    if (!FIELD_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the token's header field must have a name like X-API-Key but is called "
              + Printable.quoted(name));
    }
    return new ApiToken(variable, secret, name, "");
  }

  /** Returns where the token comes from. */
  public String variable() {
    return variable;
  }

  public void addTo(HttpRequest.Builder request) {
    request.setHeader(header, scheme + secret);
  }

  /** Returns a text of the API's, which may have sent the token back. */
  public String strikeOut(String text) {
    // Removing a single character would reveal more than it hides.
    return secret.length() < SHORTEST_STRUCK_OUT ? text : text.replace(secret, STRUCK_OUT);
  }

  @Override
  public String toString() {
    return "token from " + variable;
  }
}
