package io.ratelimit.http.quota;

import io.ratelimit.http.quota.RemoteQuota.Policy;
import io.ratelimit.http.quota.RemoteQuota.Remaining;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.greenbytes.http.sfv.TokenItem;

/**
 * The fields {@code RateLimit-Policy} and {@code RateLimit} of
 * draft-ietf-httpapi-ratelimit-headers, which are structured fields (RFC 9651). As the draft
 * requires, a malformed field is ignored.
 */
final class StructuredQuota {

  private static final int MOST_ITEMS = 32;
  private static final Set<String> REQUESTS = Set.of("requests", "request");

  /**
   * Reads {@code "burst";q=100;w=60, "hour";q=1000;w=3600}, or {@code 100;w=60} up to revision 7.
   */
  static List<Policy> policies(HttpHeaders headers) {
    return policies(headers.allValues("RateLimit-Policy"));
  }

  static List<Policy> policies(List<String> lines) {
    return items(lines).flatMap(item -> policy(item).stream()).toList();
  }

  private static Optional<Policy> policy(ListElement<?> item) {
    Parameters parameters = item.getParams();
    Optional<Long> requests =
        item instanceof IntegerItem number
            ? Optional.of(number.getAsLong())
            : name(item).flatMap(name -> integer(parameters, "q"));
    Optional<Duration> window =
        integer(parameters, "w").filter(w -> w > 0).map(Duration::ofSeconds);
    if (requests.filter(q -> q > 0).isEmpty() || window.isEmpty() || !countsRequests(parameters)) {
      return Optional.empty();
    }
    return Optional.of(new Policy(name(item).orElse(""), requests.get(), window.get()));
  }

  /** Returns whether a policy counts requests, rather than bytes or concurrent requests. */
  private static boolean countsRequests(Parameters parameters) {
    return !parameters.containsKey("qu")
        || (parameters.get("qu") instanceof StringItem unit && REQUESTS.contains(unit.get()));
  }

  /**
   * Reads {@code "burst";r=50;t=30}, or {@code limit=100, remaining=50, reset=30} in revision 7.
   */
  static List<Remaining> remaining(HttpHeaders headers) {
    List<String> lines = headers.allValues("RateLimit");
    List<Remaining> listed =
        items(lines)
            .flatMap(
                item ->
                    name(item)
                        .flatMap(name -> remaining(name, item.getParams(), "r", "t"))
                        .stream())
            .toList();
    return listed.isEmpty() ? ofRevision7(lines) : listed;
  }

  private static List<Remaining> ofRevision7(List<String> lines) {
    return wellFormed(() -> new Parser(lines).parseDictionary().get())
        .flatMap(members -> remaining("", members, "remaining", "reset"))
        .map(List::of)
        .orElse(List.of());
  }

  private static Optional<Remaining> remaining(
      String name, Map<String, ?> members, String requests, String reset) {
    return integer(members, requests)
        .filter(r -> r >= 0)
        .map(
            r ->
                new Remaining(
                    name, r, integer(members, reset).filter(t -> t >= 0).map(Numbers::seconds)));
  }

  private static Optional<Long> integer(Map<String, ?> members, String key) {
    return members.containsKey(key) && members.get(key) instanceof IntegerItem item
        ? Optional.of(item.getAsLong())
        : Optional.empty();
  }

  private static Optional<String> name(ListElement<?> item) {
    if (item instanceof StringItem string) {
      return Optional.of(string.get());
    }
    return item instanceof TokenItem token ? Optional.of(token.get()) : Optional.empty();
  }

  private static Stream<? extends ListElement<?>> items(List<String> lines) {
    return wellFormed(() -> new Parser(lines).parseList().get()).stream()
        .flatMap(List::stream)
        .limit(MOST_ITEMS);
  }

  private static <T> Optional<T> wellFormed(Supplier<T> parsed) {
    try {
      return Optional.of(parsed.get());
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private StructuredQuota() {}
}
