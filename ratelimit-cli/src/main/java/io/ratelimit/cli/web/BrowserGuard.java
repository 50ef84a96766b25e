package io.ratelimit.cli.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.Header;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other people's web pages from using a visitor's browser against this server: by a name of
 * theirs that they have point here (DNS rebinding), or by requests across origins. Immutable.
 */
public final class BrowserGuard {

  private static final Pattern IP_ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final String THIS_MACHINE = "localhost";

  private final Set<String> names;

  private BrowserGuard(Set<String> names) {
    this.names = names;
  }

  /**
   * Lets browsers come by addresses, which nobody can have point elsewhere, by {@code localhost},
   * and by names.
   */
  public static BrowserGuard allowing(Stream<String> names) {
    return new BrowserGuard(
        names.map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * Lets a request pass that no other page can have caused.
   *
   * @throws ForbiddenResponse if one can
   */
  public void check(Context context) {
    String authority = String.valueOf(context.header(Header.HOST)).toLowerCase(Locale.ROOT);
    if (!isKnown(hostOf(authority))) {
      throw new ForbiddenResponse(
          "This server does not go by this name; --web-allow-host lets it.");
    }
    String origin = context.header(Header.ORIGIN);
    if (origin != null && !isOwn(origin.toLowerCase(Locale.ROOT), authority)) {
      throw new ForbiddenResponse("Only this server's own page may ask for this.");
    }
  }

  private boolean isKnown(String host) {
    return host.equals(THIS_MACHINE) || IP_ADDRESS.matcher(host).matches() || names.contains(host);
  }

  /** Behind a proxy the server may be asked under another name than the browser knows. */
  private boolean isOwn(String origin, String authority) {
    String ofOrigin = authorityOf(origin);
    return ofOrigin != null && (ofOrigin.equals(authority) || names.contains(hostOf(ofOrigin)));
  }

  private static @Nullable String authorityOf(String origin) {
    try {
      return new URI(origin).getRawAuthority();
    } catch (URISyntaxException foreign) {
      return null;
    }
  }

  private static String hostOf(String authority) {
    return PORT.matcher(authority).replaceFirst("");
  }
}
