package io.ratelimit.http.request;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs texts with a secret that both sides know. The secret appears in no message or {@link
 * #toString()}. Immutable and thread-safe.
 */
public final class Hmac {

  private final String algorithm;
  private final SecretKeySpec key;

  private Hmac(String algorithm, byte[] secret) {
    this.algorithm = algorithm;
    if (secret.length == 0) {
      throw new IllegalArgumentException("the secret of an HMAC must not be empty");
    }
    this.key = new SecretKeySpec(secret, algorithm);
  }

  /**
   * Returns HMAC-SHA-256 with a secret as text.
   *
   * @throws IllegalArgumentException if the secret is empty
   */
  public static Hmac sha256(String secret) {
    return sha256(secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns HMAC-SHA-256 with a secret as bytes, which is often given in Base64.
   *
   * @throws IllegalArgumentException if the secret is empty
   */
  public static Hmac sha256(byte[] secret) {
    return new Hmac("HmacSHA256", secret);
  }

  /**
   * Returns HMAC-SHA-384.
   *
   * @throws IllegalArgumentException if the secret is empty
   */
  public static Hmac sha384(byte[] secret) {
    return new Hmac("HmacSHA384", secret);
  }

  /**
   * Returns HMAC-SHA-512.
   *
   * @throws IllegalArgumentException if the secret is empty
   */
  public static Hmac sha512(byte[] secret) {
    return new Hmac("HmacSHA512", secret);
  }

  /** Returns the signature of some bytes. */
  public byte[] sign(byte[] message) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(key);
      return mac.doFinal(message);
    } catch (NoSuchAlgorithmException | InvalidKeyException everyJavaHasThese) {
      throw new IllegalStateException("this Java cannot compute " + algorithm, everyJavaHasThese);
    }
  }

  /** Returns the signature of a text, in hexadecimal digits, lower case. */
  public String hex(String message) {
    return HexFormat.of().formatHex(sign(message.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the signature of a text, in base 64. */
  public String base64(String message) {
    return Base64.getEncoder().encodeToString(sign(message.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String toString() {
    return algorithm;
  }
}
