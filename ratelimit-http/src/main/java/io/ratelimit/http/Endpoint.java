package io.ratelimit.http;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.internal.check.Printable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What is called for an event: a method, and a path in which {@value #WALLET}, {@value #TYPE} and
 * {@value #ID} stand for the event's.
 *
 * @param method in capitals
 * @param path begins with a slash
 */
record Endpoint(String method, String path) {

  private static final String WALLET = "{wallet}";
  private static final String TYPE = "{type}";
  private static final String ID = "{id}";
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Z]{3,20}) (/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|\\{(?:wallet|type|id)})*)");

  /**
   * From text like {@code POST /wallets/{wallet}/rebalance}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  static Endpoint parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "an endpoint looks like POST /wallets/{wallet}/audit, with {wallet}, {type} and {id} for"
              + " the event's, but this is "
              + Printable.quoted(text));
    }
    return new Endpoint(matcher.group(1), matcher.group(2));
  }

  /** Below a base without a slash at its end. */
  URI uri(String base, AuditEvent event) throws PermanentFailureException {
    return URI.create(base + pathFor(event));
  }

  /** The path of an event's request, for people and machines alike: plain ASCII. */
  String pathFor(AuditEvent event) throws PermanentFailureException {
    return path.replace(WALLET, encoded("wallet id", event.walletId()))
        .replace(TYPE, encoded("event type", event.type().name()))
        .replace(ID, encoded("event id", event.id()));
  }

  /** All but the unreserved characters of RFC 3986 as %XX. */
  static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(each)) {
        encoded.append((char) each);
      } else {
        encoded.append(String.format("%%%02X", each));
      }
    }
    return encoded.toString();
  }

  private static String encoded(String what, String value) throws PermanentFailureException {
    if (value.equals(".") || value.equals("..")) {
      // Even encoded, servers take them for this directory and the one above.
      throw new PermanentFailureException(what + " \"" + value + "\" cannot be part of a path");
    }
    return encoded(value);
  }

  private static boolean isUnreserved(byte character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || character == '-'
        || character == '.'
        || character == '_'
        || character == '~';
  }
}
