package io.ratelimit.http.internal.call;

import io.ratelimit.core.internal.check.Printable;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The base URI of an API. */
public final class BaseUri {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(::|(0{1,4}:){7})0{0,3}1]");

  private static final Set<String> SCHEMES = Set.of("http", "https");

  /**
   * Returns the URI as text, without a slash at its end.
   *
   * @throws IllegalArgumentException if it is not the base of an API; the message leaves out
   *     possible passwords
   */
  public static String checked(URI uri) {
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the API's URI must not contain a user or password; pass the token separately");
    }
    if (uri.getScheme() == null
        || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
        || uri.getHost() == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the API's URI must look like https://api.example.com/v1, without query or fragment, but"
              + " is "
              + (uri.getRawQuery() == null && uri.getHost() != null
                  ? Printable.quoted(uri.toString())
                  : "another, with a query or without a host"));
    }
    return uri.toString().replaceAll("/+$", "");
  }

  /** Returns whether requests are encrypted, or do not leave this machine. */
  public static boolean keepsSecrets(String checked) {
    URI uri = URI.create(checked);
    return uri.getScheme().equalsIgnoreCase("https")
        || LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
  }

  private BaseUri() {}
}
