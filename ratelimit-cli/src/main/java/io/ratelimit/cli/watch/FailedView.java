package io.ratelimit.cli.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.event.Payload;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event in the failed queue, as shown to a user. The names in JSON are stable.
 *
 * @param payloadBytes the size of its payload
 * @param content what it carries, if requested: it may be a secret
 */
public record FailedView(
    long sequence,
    String id,
    String type,
    String walletId,
    int attempts,
    Instant publishedAt,
    Instant failedAt,
    String reason,
    List<PastAttempt> history,
    int payloadBytes,
    Optional<Content> content) {

  /**
   * What an event carries.
   *
   * @param payload the payload as text; empty if it is not text
   * @param payloadBase64 the bytes of the payload, if it is not text
   */
  public record Content(
      Optional<String> payload, Optional<String> payloadBase64, Map<String, String> attributes) {

    static Content of(FailedEvent failed) {
      Payload payload = failed.event().payload();
      Optional<String> text = text(payload.bytes());
      return new Content(
          text,
          text.isPresent()
              ? Optional.empty()
              : Optional.of(Base64.getEncoder().encodeToString(payload.bytes())),
          failed.event().attributes());
    }

    private static Optional<String> text(byte[] bytes) {
      try {
        return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException noText) {
        return Optional.empty();
      }
    }
  }

  /** Returns a view of an event without its content. */
  public static FailedView of(FailedEvent failed) {
    return of(failed, false);
  }

  /**
   * Returns a view of an event, with or without its content.
   *
   * @param showsContent whether to include the content
   */
  public static FailedView of(FailedEvent failed, boolean showsContent) {
    return new FailedView(
        failed.sequence(),
        failed.event().id(),
        failed.event().type().name(),
        failed.event().walletId(),
        failed.attempts(),
        failed.publishedAt(),
        failed.failedAt(),
        failed.reason(),
        failed.history(),
        failed.event().payload().size(),
        showsContent ? Optional.of(Content.of(failed)) : Optional.empty());
  }
}
