package io.ratelimit.http.request;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request that is about to be sent. A signer can change its query, headers and body, but not its
 * host or path. Immutable; its text shows nothing that may be secret.
 */
public final class ApiRequest {

  private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}");
  private static final Pattern FIELD_VALUE = Pattern.compile("[\\x20-\\x7e\\t]{0,8192}");

  private final String method;
  private final URI uri;
  private final Map<String, String> headers;
  private final byte[] body;

  private ApiRequest(String method, URI uri, Map<String, String> headers, byte[] body) {
    this.method = requireNonNull(method, "method");
    this.uri = requireNonNull(uri, "uri");
    this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    this.body = body.clone();
  }

  /**
   * Creates a request.
   *
   * @param uri where it goes to, encoded
   * @param body empty if there is none
   */
  public static ApiRequest of(String method, URI uri, Map<String, String> headers, byte[] body) {
    return new ApiRequest(method, uri, headers, body);
  }

  /** Returns the method, in capitals. */
  public String method() {
    return method;
  }

  /** Returns where it goes to, encoded. */
  public URI uri() {
    return uri;
  }

  /** Returns the path, encoded, as many signatures want it. */
  public String path() {
    return uri.getRawPath();
  }

  /** Returns the query, encoded, without the question mark; empty if there is none. */
  public String query() {
    return Optional.ofNullable(uri.getRawQuery()).orElse("");
  }

  /** Returns the header fields, in their order. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Returns a copy of the body; empty if there is none. */
  public byte[] body() {
    return body.clone();
  }

  /** Returns the body as UTF-8. */
  public String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * Returns this request with a header field, which replaces one with the same name.
   *
   * @throws IllegalArgumentException if it cannot be sent; the value is not in the message
   */
  public ApiRequest withHeader(String name, String value) {
    if (!FIELD_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a header field must have a name like X-API-Key but is called " + Printable.quoted(name));
    }
    if (!FIELD_VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the header field " + name + " must hold only visible ASCII characters");
    }
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.keySet().removeIf(name::equalsIgnoreCase);
    changed.put(name, value);
    return new ApiRequest(method, uri, changed, body);
  }

  /** Returns this request with one more parameter at the end of its query, encoded as in forms. */
  public ApiRequest withQuery(String name, String value) {
    String parameter = encoded(name) + '=' + encoded(value);
    String text = uri.toString();
    String separator = uri.getRawQuery() == null ? "?" : query().isEmpty() ? "" : "&";
    return new ApiRequest(method, URI.create(text + separator + parameter), headers, body);
  }

  /** Returns this request with another body. */
  public ApiRequest withBody(byte[] newBody) {
    return new ApiRequest(method, uri, headers, newBody);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return method + " " + path();
  }
}
