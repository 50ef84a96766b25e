package io.ratelimit.cli.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps other people's web pages from using a visitor's browser against this server: through a name
 * of theirs that resolves to it (DNS rebinding), or through cross-origin requests. Immutable.
 */
public final class BrowserGuard {

  private static final Pattern IP_ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
  private static final String THIS_MACHINE = "localhost";

  private final Set<String> hosts;
  private final Set<String> origins;

  private BrowserGuard(Set<String> names) {
    this.hosts = names.stream().map(BrowserGuard::hostOf).collect(Collectors.toUnmodifiableSet());
    this.origins =
        names.stream()
            .flatMap(name -> Stream.of("http://" + name, "https://" + name))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Allows browsers to use addresses, which nobody can redirect, {@code localhost}, and the given
   * names. Behind a proxy, give the proxy's names, with its port if it is an unusual one: pages
   * come from there, too.
   */
  public static BrowserGuard allowing(Stream<String> names) {
    return new BrowserGuard(
        names.map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * Lets a request pass only if no other page can have caused it.
   *
   * @throws ForbiddenResponse if another page can
   */
  public void check(Context context) {
    String authority = String.valueOf(context.header(Header.HOST)).toLowerCase(Locale.ROOT);
    if (!isKnown(hostOf(authority))) {
      throw new ForbiddenResponse(
          "This server does not accept this host name; allow it with --web-allow-host.");
    }
    String origin = context.header(Header.ORIGIN);
    boolean foreign = origin != null && !isOwn(origin.toLowerCase(Locale.ROOT), authority);
    if (foreign || isFromElsewhere(context)) {
      throw new ForbiddenResponse("Only this server's own page may request this.");
    }
  }

  private boolean isKnown(String host) {
    return host.equals(THIS_MACHINE) || IP_ADDRESS.matcher(host).matches() || hosts.contains(host);
  }

  /** Compares scheme, name and port; behind a proxy, those that the browser knows. */
  private boolean isOwn(String origin, String authority) {
    return origin.equals("http://" + authority) || origins.contains(origin);
  }

  /** Returns whether a browser says so itself. Links from elsewhere may still lead here. */
  private static boolean isFromElsewhere(Context context) {
    String site = context.header("Sec-Fetch-Site");
    boolean isLink =
        HandlerType.GET.equals(context.method())
            && "navigate".equals(context.header("Sec-Fetch-Mode"))
            && "document".equals(context.header("Sec-Fetch-Dest"));
    return site != null && !OWN_SITES.contains(site) && !isLink;
  }

  private static String hostOf(String authority) {
    return PORT.matcher(authority).replaceFirst("");
  }
}
