package io.ratelimit.http.internal.call;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.internal.check.Printable;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request for an event: a method, and a path in which {@value #WALLET}, {@value #TYPE} and
 * {@value #ID} stand for the event's values.
 *
 * @param method the method, in capitals
 * @param path the path, with a leading slash
 */
public record Endpoint(String method, String path) {

  private static final String WALLET = "{wallet}";
  private static final String TYPE = "{type}";
  private static final String ID = "{id}";
  private static final Pattern ENCODED = Pattern.compile("%([0-9A-Fa-f]{2})");
  private static final int MOST_DECODED = 4;
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Z]{3,20}) (/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|\\{(?:wallet|type|id)})*)");

  /**
   * Parses text such as {@code POST /wallets/{wallet}/rebalance}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static Endpoint parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "an endpoint must look like POST /wallets/{wallet}/audit, with {wallet},"
              + " {type} and {id} as placeholders, but is "
              + Printable.quoted(text));
    }
    return new Endpoint(matcher.group(1), matcher.group(2));
  }

  /**
   * Returns the path of an event's request, in ASCII.
   *
   * @param anyCharacter whether the event's values may contain characters that some servers treat
   *     as part of the path, even if encoded
   */
  public String pathFor(AuditEvent event, boolean anyCharacter) throws PermanentFailureException {
    requireHarmless(WALLET, "wallet id", event.walletId(), anyCharacter);
    requireHarmless(TYPE, "event type", event.type().name(), anyCharacter);
    requireHarmless(ID, "event id", event.id(), anyCharacter);
    return path.replace(WALLET, encoded(event.walletId()))
        .replace(TYPE, encoded(event.type().name()))
        .replace(ID, encoded(event.id()));
  }

  /** Encodes all but the unreserved characters of RFC 3986 as %XX. */
  public static String encoded(String text) {
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

  /** Rejects harmful values in the path; after a question mark, values are harmless. */
  private void requireHarmless(String place, String what, String value, boolean anyCharacter)
      throws PermanentFailureException {
    int at = path.indexOf(place);
    int query = path.indexOf('?');
    if (at < 0 || (query >= 0 && query < at)) {
      return;
    }
    if (value.equals(".") || value.equals("..")) {
      // Even encoded, servers treat them as this directory and its parent.
      throw new PermanentFailureException(
          what + " " + Printable.quoted(value) + " cannot be part of a path");
    }
    if (!anyCharacter && leadsElsewhere(value)) {
      throw new PermanentFailureException(
          what
              + " "
              + Printable.quoted(value)
              + " cannot be part of a path: some servers treat /, \\ and .. as"
              + " navigation, even if encoded; HttpAuditHandler.Builder.anyCharacter()"
              + " allows them");
    }
  }

  /** Also finds it in encoded form, however often it may be decoded. */
  private static boolean leadsElsewhere(String value) {
    String decoded = value;
    for (int i = 0; i < MOST_DECODED; i++) {
      if (decoded.contains("/") || decoded.contains("\\") || decoded.contains("..")) {
        return true;
      }
      decoded = ENCODED.matcher(decoded).replaceAll(Endpoint::decoded);
    }
    return false;
  }

  private static String decoded(MatchResult encoded) {
    return Matcher.quoteReplacement(
        Character.toString((char) Integer.parseInt(encoded.group(1), 16)));
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
