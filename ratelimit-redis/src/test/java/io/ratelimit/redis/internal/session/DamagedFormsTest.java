package io.ratelimit.redis.internal.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.redis.internal.wire.WireHistory;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads forms that no version would write. */
class DamagedFormsTest {

  private static final int TRIES = 200;

  /** To run more seeds than a build does: {@code -Dratelimit.seeds=100}. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("ratelimit.seeds", 5));
  }

  private static byte[] damaged(byte[] good, Random random) {
    byte[] bytes =
        Arrays.copyOf(good, random.nextInt(5) == 0 ? random.nextInt(good.length + 3) : good.length);
    for (int n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
      bytes[random.nextInt(bytes.length)] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : (byte) " -:0919%".charAt(random.nextInt(8));
    }
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedSettingsAreReadOrRefused(long seed) {
    Random random = new Random(seed);
    byte[] good =
        "7 12 3 1 20 60000000 1 0 60 60000000 2 5 inf 1 a%20b 99 30 60000000 1 0".getBytes(UTF_8);
    Remembered remembered =
        new Remembered(WireSettings.initial(RateLimit.of(1).perSecond(), Optional.empty()));
    for (int i = 0; i < 20 * TRIES; i++) {
      String text = new String(damaged(good, random), ISO_8859_1);
      String before = remembered.memory(0, Optional.empty()).settings();
      try {
        Optional<String> line = random.nextBoolean() ? Optional.of(i + " s") : Optional.empty();
        boolean unused = remembered.see(0, 0, 0, OptionalLong.empty(), text, line);
        assertThat(remembered.settings(text)).isNotNull();
      } catch (QueueException refused) {
        assertThat(refused).hasMessageContaining("settings");
        assertThat(remembered.memory(0, Optional.empty()).settings()).isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedHistoriesAreReadOrLeftOut(long seed) {
    Random random = new Random(seed);
    // 5 attempts, 1 failure, 5 counted; a type of 15 bytes; 3 and 2 in two buckets.
    byte[] good = "\0\5\0\1\0\5\0171:10000000:TYPE(\0\3)\0\2".getBytes(ISO_8859_1);
    assertThat(WireHistory.read(good)).isPresent();
    for (int i = 0; i < 20 * TRIES; i++) {
      byte[] bytes = damaged(good, random);
      assertThatCode(() -> WireHistory.read(bytes)).doesNotThrowAnyException();
    }
  }
}
